// Command flag-reader answers what Kubernetes' programs and etcd make of command lines: it
// builds the flag sets of their own option packages, parses, and prints what every flag holds.
// Each line of its standard input is a JSON request, each line of its output the answer.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	goflag "flag"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"github.com/spf13/pflag"
	"go.etcd.io/etcd/pkg/v3/flags"
	"go.etcd.io/etcd/server/v3/embed"
	utilcompatibility "k8s.io/apiserver/pkg/util/compatibility"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/cli/globalflag"
	"k8s.io/component-base/compatibility"
	"k8s.io/component-base/featuregate"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	_ "k8s.io/component-base/logs/json/register"
	"k8s.io/component-base/version/verflag"
	"k8s.io/klog/v2"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app/options"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app/options"
	// Changes defaults of cAdvisor's flags, as it does in the kubelet.
	_ "k8s.io/kubernetes/pkg/kubelet/cadvisor"
)

type request struct {
	Program string   `json:"program"`
	Words   []string `json:"words"`
}

type answer struct {
	// Stage is where the program ends: words, arguments, gates, help, version; empty where it goes on.
	Stage string `json:"stage"`
	Error string `json:"error,omitempty"`
	// Flags is what each flag holds, as it prints it.
	Flags map[string]string `json:"flags,omitempty"`
	// Gates are the feature gates that are on.
	Gates []string `json:"gates,omitempty"`
}

// program is one flag set that has read nothing yet.
type program struct {
	set      *pflag.FlagSet
	setGates func() error
	gate     featuregate.MutableVersionedFeatureGate
	phases   []string
	strict   bool
}

var (
	// born holds what Go's global flags were before anything was parsed.
	born = map[string]string{}
	// defaults holds those of each program: some of its packages keep what an earlier request set.
	defaults = map[string]map[string]string{}
	shared   = []string{"help", "arguments", "gates", "version"}
)

func main() {
	klog.SetLogger(klog.Logger{})
	if err := logsapi.AddFeatureGates(utilfeature.DefaultMutableFeatureGate); err != nil {
		fail(err)
	}
	goflag.CommandLine.VisitAll(func(flag *goflag.Flag) { born[flag.Name] = flag.Value.String() })
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "flag-reader:", err)
	os.Exit(1)
}

func serve(in io.Reader, out io.Writer) error {
	lines := bufio.NewReaderSize(in, 1<<20)
	answers := bufio.NewWriter(out)
	defer answers.Flush()
	encoder := json.NewEncoder(answers)
	encoder.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var asked request
			if err := json.Unmarshal(line, &asked); err != nil {
				return fmt.Errorf("a line is no request: %w", err)
			}
			if err := encoder.Encode(read(asked)); err != nil {
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

func read(asked request) (result answer) {
	// Some values crash the program when they are set a second time.
	defer func() {
		if cause := recover(); cause != nil {
			result = answer{Stage: "words", Error: fmt.Sprint("crash: ", cause)}
		}
	}()
	if asked.Program == "etcd" {
		return etcd(asked.Words)
	}
	reset()
	it, err := build(asked.Program)
	if err != nil {
		fail(err)
	}
	it.restore(asked.Program)
	return it.read(asked.Words)
}

// reset undoes what an earlier request left in global flags.
func reset() {
	goflag.CommandLine.VisitAll(func(flag *goflag.Flag) { _ = flag.Value.Set(born[flag.Name]) })
	version := pflag.Lookup("version")
	_ = version.Value.Set("false")
	version.Changed = false
}

// restore makes the defaults those of the first request.
func (it *program) restore(name string) {
	first, seen := defaults[name]
	if !seen {
		first = map[string]string{}
		it.set.VisitAll(func(flag *pflag.Flag) { first[flag.Name] = flag.DefValue })
		defaults[name] = first
	}
	it.set.VisitAll(func(flag *pflag.Flag) {
		if flag.DefValue != first[flag.Name] {
			flag.DefValue = first[flag.Name]
			_ = flag.Value.Set(flag.DefValue)
		}
	})
}

func build(name string) (*program, error) {
	registry := utilcompatibility.DefaultComponentGlobalsRegistry
	registry.Reset()
	gate := utilfeature.DefaultMutableFeatureGate.DeepCopy()
	if err := registry.Register(compatibility.DefaultKubeComponent, utilcompatibility.DefaultBuildEffectiveVersion(), gate); err != nil {
		return nil, err
	}
	it := &program{gate: gate, phases: shared, setGates: registry.Set}
	switch name {
	case "kube-apiserver":
		sets := apiserver.NewServerRunOptions().Flags()
		it.join(name, &sets)
	case "kube-controller-manager":
		options, err := manager.NewKubeControllerManagerOptions()
		if err != nil {
			return nil, err
		}
		sets := options.Flags(nil, nil, nil)
		it.join(name, &sets)
	case "kube-scheduler":
		it.join(name, scheduler.NewOptions().Flags)
	case "kubelet":
		return it, it.kubelet()
	case "kube-proxy":
		it.proxy()
	default:
		return nil, fmt.Errorf("no program is called %s", name)
	}
	return it, nil
}

func (it *program) join(name string, sets *cliflag.NamedFlagSets) {
	verflag.AddFlags(sets.FlagSet("global"))
	globalflag.AddGlobalFlags(sets.FlagSet("global"), name, logs.SkipLoggingConfigurationFlags())
	it.set = empty(name)
	for _, set := range sets.FlagSets {
		it.set.AddFlagSet(set)
	}
}

func (it *program) kubelet() error {
	config, err := kubelet.NewKubeletConfiguration()
	if err != nil {
		return err
	}
	it.set = empty("kubelet")
	kubelet.NewKubeletFlags().AddFlags(it.set)
	kubelet.AddKubeletConfigFlags(it.set, config)
	kubelet.AddGlobalFlags(it.set)
	it.set.BoolP("help", "h", false, "")
	it.strict = true
	it.phases = []string{"arguments", "help", "version", "gates"}
	it.setGates = func() error { return it.gate.SetFromMap(config.FeatureGates) }
	return nil
}

func (it *program) proxy() {
	// The kubelet's packages register flags that kube-proxy does not have.
	whole := goflag.CommandLine
	goflag.CommandLine = goflag.NewFlagSet("", goflag.ContinueOnError)
	command := proxy.NewProxyCommand()
	goflag.CommandLine = whole
	logs.AddFlags(command.PersistentFlags())
	command.InitDefaultHelpFlag()
	it.set = empty("kube-proxy")
	it.set.AddFlagSet(command.Flags())
	it.set.AddFlagSet(command.PersistentFlags())
	it.phases = []string{"help", "arguments", "version", "gates"}
	it.setGates = func() error {
		return it.gate.SetFromMap(*it.set.Lookup("feature-gates").Value.(*cliflag.MapStringBool).Map)
	}
}

func empty(name string) *pflag.FlagSet {
	set := pflag.NewFlagSet(name, pflag.ContinueOnError)
	set.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return set
}

func (it *program) read(words []string) answer {
	if err := it.set.Parse(words); err != nil {
		return answer{Stage: "words", Error: err.Error()}
	}
	for _, phase := range it.phases {
		if ends, err := it.ends(phase); ends {
			result := answer{Stage: phase}
			if err != nil {
				result.Error = err.Error()
			}
			return result
		}
	}
	result := answer{Flags: map[string]string{}}
	it.set.VisitAll(func(flag *pflag.Flag) { result.Flags[flag.Name] = flag.Value.String() })
	for name := range it.gate.GetAll() {
		if it.gate.Enabled(name) {
			result.Gates = append(result.Gates, string(name))
		}
	}
	sort.Strings(result.Gates)
	return result
}

// ends says whether the program ends in a phase, as its command does.
func (it *program) ends(phase string) (bool, error) {
	switch phase {
	case "help":
		help, err := it.set.GetBool("help")
		return help || err != nil, err
	case "arguments":
		for _, word := range it.set.Args() {
			if it.strict || len(word) > 0 {
				return true, fmt.Errorf("%q is no flag", word)
			}
		}
	case "gates":
		err := it.setGates()
		return err != nil, err
	case "version":
		told := it.set.Lookup("version").Value.String()
		return told == "true" || told == "raw", nil
	}
	return false, nil
}

// etcd's command adds a few flags to those of its package embed. Its package is not to be imported;
// what it does with words is compared with the binary itself.
func etcd(words []string) answer {
	config := embed.NewConfig()
	set := goflag.NewFlagSet("etcd", goflag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	config.AddFlags(set)
	set.String("config-file", "", "")
	set.Var(flags.NewSelectiveStringValue("exit", "proxy"), "discovery-fallback", "")
	set.Var(flags.NewSelectiveStringValue(embed.ClusterStateFlagNew, embed.ClusterStateFlagExisting), "initial-cluster-state", "")
	set.Var(flags.NewSelectiveStringsValue("write-only", "write-only-skip-check", "write-only-drop-data", "gone"), "v2-deprecation", "")
	version := set.Bool("version", false, "")
	for _, name := range strings.Fields("cluster-active-size cluster-remove-delay cluster-sync-interval config force " +
		"max-result-buffer max-retry-attempts peer-heartbeat-interval peer-election-timeout retry-interval snapshot v vv " +
		"test.coverprofile test.outputdir") {
		set.Var(&flags.IgnoredFlag{Name: name}, name, "")
	}
	err := set.Parse(words)
	switch {
	case errors.Is(err, goflag.ErrHelp):
		return answer{Stage: "help"}
	case err != nil:
		return answer{Stage: "words", Error: err.Error()}
	case set.NArg() > 0:
		return answer{Stage: "arguments", Error: set.Arg(0)}
	case *version:
		return answer{Stage: "version"}
	}
	result := answer{Flags: map[string]string{}}
	set.VisitAll(func(flag *goflag.Flag) { result.Flags[flag.Name] = flag.Value.String() })
	return result
}
