package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"maps"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Who talks to the API server: file name → subject. Each program has a name of its own, so that an audit log
// tells them apart; those that upstream grants nothing by name are in system:masters.
var clients = map[string]pkix.Name{
	"admin":                   {Organization: []string{"system:masters"}, CommonName: "admin"},
	"kube-controller-manager": {CommonName: "system:kube-controller-manager"},
	"kube-scheduler":          {CommonName: "system:kube-scheduler"},
	"kwok":                    {Organization: []string{"system:masters"}, CommonName: "kwok"},
	"metrics-server":          {Organization: []string{"system:masters"}, CommonName: "metrics-server"},
}

// The programs of a real node; the API server is somebody to the kubelet, too.
func nodeClients(node string) map[string]pkix.Name {
	return map[string]pkix.Name{
		"kubelet":        {Organization: []string{"system:nodes"}, CommonName: "system:node:" + node},
		"kube-proxy":     {CommonName: "system:kube-proxy"},
		"kubelet-client": {Organization: []string{"system:masters"}, CommonName: "kube-apiserver-kubelet-client"},
	}
}

// runPKI writes pki/ (certificates and keys) and one kubeconfig per client into the run directory;
// the administrator's is RUN_DIR/kubeconfig, the others are pki/NAME.kubeconfig.
func runPKI(args []string) error {
	flags := flag.NewFlagSet("pki", flag.ExitOnError)
	run := flags.String("dir", "", "run directory of the cluster")
	name := flags.String("name", "", "cluster and context name in the kubeconfigs")
	server := flags.String("server", "", "URL of the API server")
	node := flags.String("node", "", "name of the real node, whose programs need certificates too")
	var addresses []net.IP
	flags.Func("address", "address of the API server besides 127.0.0.1; can be given again", func(text string) error {
		address := net.ParseIP(text)
		if address == nil {
			return fmt.Errorf("%q is no IP address", text)
		}
		addresses = append(addresses, address)
		return nil
	})
	flags.Parse(args)

	dir := filepath.Join(*run, "pki")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	ca, err := newAuthority(*name + "-ca")
	if err != nil {
		return err
	}
	ca.addresses = append(addresses, net.IPv4(127, 0, 0, 1))
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), ca.pem, 0o644); err != nil {
		return err
	}
	pairs := map[string]pkix.Name{
		"kube-apiserver": {CommonName: "kube-apiserver"},
		"front-proxy":    {CommonName: "front-proxy"},
	}
	for client, subject := range pairs {
		if _, err := ca.issue(dir, client, subject); err != nil {
			return err
		}
	}
	clients := maps.Clone(clients)
	if *node != "" {
		maps.Copy(clients, nodeClients(*node))
	}
	for client, subject := range clients {
		issued, err := ca.issue(dir, client, subject)
		if err != nil {
			return err
		}
		path := filepath.Join(dir, client+".kubeconfig")
		if client == "admin" {
			path = filepath.Join(*run, "kubeconfig")
		}
		if err := writeKubeconfig(path, *name, client, *server, ca.pem, issued); err != nil {
			return err
		}
	}
	return writeServiceAccountKey(dir)
}

type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
	pem         []byte
	addresses   []net.IP // of the servers that it certifies
}

type pair struct{ certificate, key []byte }

func newAuthority(name string) (*authority, error) {
	template := certificate(pkix.Name{CommonName: name})
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	return &authority{certificate: parsed, key: key, pem: encode("CERTIFICATE", der)}, err
}

// issue makes a certificate for client and server use, and writes it with its key to dir.
func (ca *authority) issue(dir, name string, subject pkix.Name) (pair, error) {
	template := certificate(subject)
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	template.IPAddresses = ca.addresses
	template.DNSNames = []string{"localhost", "kubernetes.default.svc"}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.certificate, key.Public(), ca.key)
	if err != nil {
		return pair{}, err
	}
	private, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return pair{}, err
	}
	issued := pair{encode("CERTIFICATE", der), encode("EC PRIVATE KEY", private)}
	if err := os.WriteFile(filepath.Join(dir, name+".crt"), issued.certificate, 0o644); err != nil {
		return pair{}, err
	}
	return issued, os.WriteFile(filepath.Join(dir, name+".key"), issued.key, 0o600)
}

// RSA, because verifiers of service account tokens outside Kubernetes expect RS256.
func writeServiceAccountKey(dir string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	private := encode("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	return os.WriteFile(filepath.Join(dir, "service-account.key"), private, 0o600)
}

func certificate(subject pkix.Name) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      subject,
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().AddDate(1, 0, 0),
	}
}

func encode(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func writeKubeconfig(path, cluster, user, server string, ca []byte, client pair) error {
	type named map[string]any
	config := named{
		"apiVersion":      "v1",
		"kind":            "Config",
		"current-context": cluster,
		"clusters":        []named{{"name": cluster, "cluster": named{"server": server, "certificate-authority-data": ca}}},
		"users": []named{{"name": user, "user": named{
			"client-certificate-data": client.certificate, "client-key-data": client.key}}},
		"contexts": []named{{"name": cluster, "context": named{"cluster": cluster, "user": user}}},
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(config); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, text.Bytes(), 0o600)
}
