package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"
)

// runGet fetches one health endpoint. Without --ca it accepts any certificate: the components
// that make their own certificate at start have nothing to check it against.
func runGet(args []string) error {
	flags := flag.NewFlagSet("get", flag.ExitOnError)
	ca := flags.String("ca", "", "trust only this certificate authority")
	flags.Parse(args)
	if flags.NArg() != 1 {
		return fmt.Errorf("get wants exactly one URL")
	}
	trust := &tls.Config{InsecureSkipVerify: true}
	if *ca != "" {
		var err error
		if trust, err = trusting(*ca); err != nil {
			return err
		}
	}
	client := http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{TLSClientConfig: trust}}
	answer, err := client.Get(flags.Arg(0))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s answered %s", flags.Arg(0), answer.Status)
	}
	return nil
}

// trusting accepts the certificates that one authority signed.
func trusting(ca string) (*tls.Config, error) {
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate", ca)
	}
	return &tls.Config{RootCAs: pool}, nil
}
