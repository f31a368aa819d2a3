package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestABusyPortIsRefusedByNumber(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := listener.Addr().(*net.TCPAddr).Port
	_, err = choose([]string{fmt.Sprintf("kube-apiserver=%d", port)}, map[int]string{})
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("port %d on 127.0.0.1 is in use", port)) {
		t.Errorf("have: %v", err)
	}
}

func TestChosenPortsAreDistinct(t *testing.T) {
	taken := map[int]string{}
	lines, err := choose(strings.Fields(strings.Repeat("p ", 50)), taken)
	if err != nil || len(lines) != 50 || len(taken) != 50 {
		t.Errorf("%d lines, %d ports, %v", len(lines), len(taken), err)
	}
}

func TestAPromiseHoldsWhileItsClusterIsThere(t *testing.T) {
	promises, run := t.TempDir(), t.TempDir()
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(run, "ports"), "etcd 20001\n")
	write(filepath.Join(promises, "20001"), run+"\netcd 20001\nkwok 20002\n")
	write(filepath.Join(promises, "20003"), "/gone\netcd 20003\n")

	taken, err := promised(promises, "another")
	if err != nil || len(taken) != 2 || taken[20002] != run {
		t.Errorf("%v, %v", taken, err)
	}
	if _, err := os.Stat(filepath.Join(promises, "20003")); !os.IsNotExist(err) {
		t.Errorf("the promise of a cluster that is gone stays: %v", err)
	}
	if _, err := choose([]string{"etcd=20002"}, taken); err == nil || !strings.Contains(err.Error(), run) {
		t.Errorf("have: %v", err)
	}
}
