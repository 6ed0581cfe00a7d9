// Command audit-policy says of each audit policy whether the API server would start with it.
//
// Each line of standard input is a policy, as a JSON string; each line of standard output is the error with which
// kube-apiserver would end, as a JSON string, empty where it would start.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"k8s.io/apiserver/pkg/audit/policy"
	"k8s.io/klog/v2"
)

func main() {
	// What is read leniently is warned of, which nobody reads here.
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	if err := flags.Parse([]string{"-logtostderr=false", "-stderrthreshold=FATAL"}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	klog.SetOutput(io.Discard)
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(from io.Reader, to io.Writer) error {
	input := json.NewDecoder(bufio.NewReader(from))
	output := bufio.NewWriter(to)
	for input.More() {
		var text string
		if err := input.Decode(&text); err != nil {
			return err
		}
		said := ""
		if _, err := policy.LoadPolicyFromBytes([]byte(text)); err != nil {
			said = err.Error()
		}
		line, err := json.Marshal(said)
		if err != nil {
			return err
		}
		if _, err := output.Write(append(line, '\n')); err != nil {
			return err
		}
	}
	return output.Flush()
}
