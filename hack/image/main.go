// Command task is what runs in the containers of the tests on a real node: small deeds, chained by "then".
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

const help = `task STEP [then STEP]...

  print                    arguments, environment, user, capabilities and directory, as one line of JSON
  say TEXT...              a line on stdout
  append FILE TEXT...      add the line "UNIX-MILLISECONDS TEXT" to FILE
  write FILE TEXT...       make FILE hold this line
  read FILE                copy FILE to stdout
  remove FILE              remove FILE
  exists FILE              end with 1 unless FILE is there
  wait-for FILE            until FILE is there
  sleep DURATION           as in 500ms, 2s, 1m; "forever"
  allocate MIB             fill that much memory
  burn DURATION            keep one processor busy
  ignore TERM              let SIGTERM pass
  on-term FILE TEXT...     when SIGTERM comes, append to FILE and end with 0
  exit CODE                end
  pause                    what a pod's sandbox does: wait, and reap

example: task append /journal/log started then sleep 2s then exit 3
`

func main() {
	if len(os.Args) < 2 || os.Args[1] == "--help" {
		fmt.Print(help)
		os.Exit(2)
	}
	go heed()
	for step := range chained(os.Args[1:]) {
		if err := do(step[0], step[1:]); err != nil {
			fmt.Fprintln(os.Stderr, "error:", strings.Join(step, " ")+":", err)
			os.Exit(1)
		}
	}
}

func chained(words []string) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		for len(words) > 0 {
			end := slices.Index(words, "then")
			if end < 0 {
				end = len(words)
			}
			if end > 0 && !yield(words[:end]) {
				return
			}
			words = words[min(end+1, len(words)):]
		}
	}
}

func do(deed string, words []string) error {
	first, rest := "", ""
	if len(words) > 0 {
		first, rest = words[0], strings.Join(words[1:], " ")
	}
	switch deed {
	case "print":
		return printSelf()
	case "say":
		fmt.Println(strings.Join(words, " "))
	case "append":
		return appendLine(first, rest)
	case "write":
		return os.WriteFile(first, []byte(rest+"\n"), 0o644)
	case "read":
		text, err := os.ReadFile(first)
		fmt.Print(string(text))
		return err
	case "remove":
		return os.Remove(first)
	case "exists":
		_, err := os.Stat(first)
		return err
	case "wait-for":
		for {
			if _, err := os.Stat(first); err == nil {
				return nil
			}
			time.Sleep(20 * time.Millisecond)
		}
	case "sleep":
		return sleep(first)
	case "allocate":
		return allocate(first)
	case "burn":
		return burn(first)
	case "ignore":
		onTerm.Store(&ignored)
	case "on-term":
		last := func() {
			if err := appendLine(first, rest); err != nil {
				fmt.Fprintln(os.Stderr, "error:", err)
				os.Exit(1)
			}
			os.Exit(0)
		}
		onTerm.Store(&last)
	case "exit":
		code, err := strconv.Atoi(first)
		if err != nil {
			return err
		}
		os.Exit(code)
	case "pause":
		pause()
	default:
		return fmt.Errorf("no such step; task --help lists them")
	}
	return nil
}

// What SIGTERM does; nothing set: it ends the program with the code of one that was killed by it.
var (
	onTerm  atomic.Pointer[func()]
	ignored = func() {}
)

// heed is needed because the first process of a PID namespace has no default action for signals.
func heed() {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	for range terminated {
		if deed := onTerm.Load(); deed != nil {
			(*deed)()
		} else {
			os.Exit(128 + int(syscall.SIGTERM))
		}
	}
}

// One write with O_APPEND: lines of several containers never mix.
func appendLine(file, text string) error {
	opened, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer opened.Close()
	_, err = fmt.Fprintf(opened, "%d %s\n", time.Now().UnixMilli(), text)
	return err
}

func sleep(duration string) error {
	if duration == "forever" {
		duration = "87600h"
	}
	parsed, err := time.ParseDuration(duration)
	time.Sleep(parsed)
	return err
}

var held [][]byte

func allocate(mib string) error {
	count, err := strconv.Atoi(mib)
	for range count {
		block := make([]byte, 1<<20)
		for at := 0; at < len(block); at += 4096 {
			block[at] = 1
		}
		held = append(held, block)
	}
	return err
}

func burn(duration string) error {
	parsed, err := time.ParseDuration(duration)
	for end := time.Now().Add(parsed); time.Now().Before(end); {
	}
	return err
}

func printSelf() error {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	facts := map[string]string{}
	for line := range strings.Lines(string(status)) {
		name, value, _ := strings.Cut(line, ":")
		facts[name] = strings.Join(strings.Fields(value), " ")
	}
	environment := map[string]string{}
	for _, one := range os.Environ() {
		name, value, _ := strings.Cut(one, "=")
		environment[name] = value
	}
	directory, err := os.Getwd()
	if err != nil {
		return err
	}
	hostname, err := os.Hostname()
	if err != nil {
		return err
	}
	groups, err := os.Getgroups()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"arguments": os.Args, "environment": environment, "directory": directory, "hostname": hostname,
		"user": os.Getuid(), "group": os.Getgid(), "groups": groups, "process": os.Getpid(),
		"capabilities": facts["CapEff"], "bounding": facts["CapBnd"],
		"noNewPrivileges": facts["NoNewPrivs"] == "1", "seccomp": facts["Seccomp"],
	})
}

func pause() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	for range ended {
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
