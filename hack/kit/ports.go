package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Below the ephemeral range of Linux and macOS: an outgoing connection can never sit on a chosen port.
const firstPort, lastPort = 20000, 29999

// runPorts chooses ports that are free now and promised to no other cluster of this user. A program binds
// its port seconds after it was chosen, so the choice is kept in a promise file, which counts as long as
// the run directory it names exists.
func runPorts(args []string) error {
	flags := flag.NewFlagSet("ports", flag.ExitOnError)
	owner := flags.String("owner", "", "run directory that will use the ports")
	promises := flags.String("promises", "", "directory of the promise files of all clusters")
	flags.Parse(args)

	if err := os.MkdirAll(*promises, 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(*promises, ".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}

	taken, err := promised(*promises, *owner)
	if err != nil {
		return err
	}
	lines, err := choose(flags.Args(), taken)
	if err != nil {
		return err
	}
	first := strings.Fields(lines[0])[1]
	promise := *owner + "\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(*promises, first), []byte(promise), 0o644); err != nil {
		return err
	}
	fmt.Println(strings.Join(lines, "\n"))
	return nil
}

// promised returns port → run directory of the other clusters, and removes the promises of clusters that are gone.
func promised(dir, owner string) (map[int]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*"))
	if err != nil {
		return nil, err
	}
	taken := map[int]string{}
	for _, file := range files {
		opened, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(opened)
		lines.Scan()
		run := lines.Text()
		if _, err := os.Stat(filepath.Join(run, "ports")); err != nil || run == owner {
			opened.Close()
			os.Remove(file)
			continue
		}
		for lines.Scan() {
			var name string
			var port int
			if _, err := fmt.Sscan(lines.Text(), &name, &port); err == nil {
				taken[port] = run
			}
		}
		opened.Close()
	}
	return taken, nil
}

func choose(wanted []string, taken map[int]string) ([]string, error) {
	if len(wanted) == 0 {
		return nil, errors.New("ports wants at least one name")
	}
	var lines []string
	for _, want := range wanted {
		name, fixed, explicit := strings.Cut(want, "=")
		port, err := 0, error(nil)
		if explicit {
			if port, err = strconv.Atoi(fixed); err != nil || port < 1 || port > 65535 {
				return nil, fmt.Errorf("%q is not a port (1 to 65535)", fixed)
			}
			if run, other := taken[port]; other {
				return nil, fmt.Errorf("port %d belongs to the cluster in %s", port, run)
			}
			if !free(port) {
				return nil, fmt.Errorf("port %d on 127.0.0.1 is in use: stop what listens there, or leave the port out and a free one is chosen", port)
			}
		} else if port, err = random(taken); err != nil {
			return nil, err
		}
		taken[port] = "this cluster"
		lines = append(lines, fmt.Sprintf("%s %d", name, port))
	}
	return lines, nil
}

func random(taken map[int]string) (int, error) {
	for range 2000 {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		if _, other := taken[port]; !other && free(port) {
			return port, nil
		}
	}
	return 0, fmt.Errorf("no free port on 127.0.0.1 between %d and %d", firstPort, lastPort)
}

func free(port int) bool {
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return false
	}
	listener.Close()
	return true
}
