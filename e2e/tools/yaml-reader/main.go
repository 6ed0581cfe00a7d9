// Command yaml-reader answers how Kubernetes reads YAML. Each line of its standard input is a
// JSON string that holds a stream of documents; each line of its output is what kubectl and
// the API server make of it: the stream cut into documents, each of them as JSON.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	stream "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type document struct {
	JSON json.RawMessage `json:"json,omitempty"`
	// Error is why the document is refused in any case.
	Error string `json:"error,omitempty"`
	// Strict is why it is refused where fields are validated strictly.
	Strict string `json:"strict,omitempty"`
}

type answer struct {
	Documents []document `json:"documents"`
	Error     string     `json:"error,omitempty"`
}

func main() {
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "yaml-reader:", err)
		os.Exit(1)
	}
}

func serve(in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	answers := bufio.NewWriter(out)
	defer answers.Flush()
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var text string
			if err := json.Unmarshal(line, &text); err != nil {
				return fmt.Errorf("a line is no JSON string: %w", err)
			}
			if err := encoder.Encode(read(text)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func read(text string) answer {
	result := answer{Documents: []document{}}
	reader := stream.NewYAMLReader(bufio.NewReader(bytes.NewReader([]byte(text))))
	for {
		bytes, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return result
		}
		if err != nil {
			result.Error = err.Error()
			return result
		}
		result.Documents = append(result.Documents, convert(bytes))
	}
}

func convert(text []byte) (result document) {
	// The library panics on some input; kubectl would stop there.
	defer func() {
		if cause := recover(); cause != nil {
			result = document{Error: fmt.Sprint("panic: ", cause)}
		}
	}()
	converted, err := yaml.YAMLToJSON(text)
	if err != nil {
		return document{Error: err.Error()}
	}
	result.JSON = converted
	if _, err := yaml.YAMLToJSONStrict(text); err != nil {
		result.Strict = err.Error()
	}
	return result
}
