// Command probe is what the tests put into pods to see a network from inside:
//
//	probe serve PORT TEXT     answers every request with TEXT
//	probe get URL             prints the answer's body
//	probe resolve NAME        prints the addresses of NAME
//	probe connect HOST:PORT   prints "connected", or fails within seconds
//	probe files FOLDER        prints every file below FOLDER with its content
//	probe environment         prints its environment
//	probe sleep               waits to be ended
package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	deadline        = 10 * time.Second
	connectDeadline = 2 * time.Second // what is dropped on the way is never answered
)

var commands = map[string]func(args []string) error{
	"serve":       serve,
	"get":         get,
	"resolve":     resolve,
	"connect":     connect,
	"files":       files,
	"environment": environment,
	"sleep":       sleep,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: probe serve|get|resolve|connect|files|environment|sleep ARGUMENT...")
		os.Exit(2)
	}
	// As the first process of a container it would ignore the signal that ends a pod.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-ended
		os.Exit(0)
	}()
	if err := commands[os.Args[1]](append(os.Args[2:], "", "")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(args []string) error {
	text := args[1]
	return http.ListenAndServe(":"+args[0], http.HandlerFunc(
		func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprintln(answer, text) }))
}

func get(args []string) error {
	client := http.Client{Timeout: deadline}
	answer, err := client.Get(args[0])
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 400 {
		return errors.New(answer.Status)
	}
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}

func resolve(args []string) error {
	addresses, err := net.LookupHost(args[0])
	if err != nil {
		return err
	}
	fmt.Println(strings.Join(addresses, "\n"))
	return nil
}

func connect(args []string) error {
	connection, err := net.DialTimeout("tcp", args[0], connectDeadline)
	if err != nil {
		return err
	}
	fmt.Println("connected")
	return connection.Close()
}

func files(args []string) error {
	return filepath.WalkDir(args[0], func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil {
			fmt.Printf("%s\n%s\n", path, content)
		}
		return nil
	})
}

func environment([]string) error {
	fmt.Println(strings.Join(os.Environ(), "\n"))
	return nil
}

func sleep([]string) error {
	select {}
}
