package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// runCreate posts the nodes of a List, many at once: kubectl takes 20 s for each thousand.
func runCreate(args []string) error {
	flags := flag.NewFlagSet("create", flag.ExitOnError)
	run := flags.String("dir", "", "run directory of the cluster")
	server := flags.String("server", "", "URL of the API server")
	flags.Parse(args)
	if flags.NArg() != 1 {
		return fmt.Errorf("create wants exactly one file")
	}
	text, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(text, &list); err != nil {
		return fmt.Errorf("%s: %w", flags.Arg(0), err)
	}
	pki := filepath.Join(*run, "pki")
	trust, err := trusting(filepath.Join(pki, "ca.crt"))
	if err != nil {
		return err
	}
	admin, err := tls.LoadX509KeyPair(filepath.Join(pki, "admin.crt"), filepath.Join(pki, "admin.key"))
	if err != nil {
		return err
	}
	trust.Certificates = []tls.Certificate{admin}
	client := &http.Client{
		Timeout:   30 * time.Second,
		Transport: &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true},
	}
	return inParallel(16, list.Items, func(node json.RawMessage) error {
		return post(client, *server+"/api/v1/nodes", node)
	})
}

func post(client *http.Client, url string, body []byte) error {
	answer, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("POST %s: %s: %s", url, answer.Status, text)
	}
	return err
}

// inParallel calls work for each item from as many goroutines as workers says, and returns the first error.
func inParallel[T any](workers int, items []T, work func(T) error) error {
	queue := make(chan T)
	failed := make(chan error, workers)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			var first error
			for item := range queue {
				if first == nil {
					first = work(item)
				}
			}
			failed <- first
		})
	}
	for _, item := range items {
		queue <- item
	}
	close(queue)
	running.Wait()
	close(failed)
	for err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
