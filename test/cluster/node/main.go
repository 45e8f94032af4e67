// Command node is a kubelet stand-in without containers: it registers one Node and runs every pod scheduled to it as
// ordinary processes. Each pod has its own network namespace on a bridge; each container its own mount, PID, UTS and
// IPC namespace on an overlay of the host's root. An image name is only a key into a small YAML file of local commands.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	"github.com/sirupsen/logrus"
	vklog "github.com/virtual-kubelet/virtual-kubelet/log"
	vklogrus "github.com/virtual-kubelet/virtual-kubelet/log/logrus"
	"github.com/virtual-kubelet/virtual-kubelet/node"
	"github.com/virtual-kubelet/virtual-kubelet/node/nodeutil"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"
)

// Config is the YAML file given with -config.
type Config struct {
	NodeName, NodeIP, Bridge, PodPrefix string   // PodPrefix: "10.244.0" (a /24; .1 is the bridge)
	NetNS                               string   // name of the node's namespace; pods are pod-<NetNS>-…
	DNS                                 []string // name servers for pods
	LBPrefix                            string   // "10.200.0": addresses of LoadBalancer Services
	Images                              []Image
}

// Image maps an image name (glob, * matches anything) to a local command.
type Image struct {
	Match string
	Argv  []string // the entrypoint
	Args  []string // the default arguments ("CMD")
	Env   []string
	Cwd   string
	re    *regexp.Regexp
}

func loadConfig(path string) (*Config, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c := &Config{NodeName: "node", Bridge: "cbr0", PodPrefix: "10.244.0", NetNS: "gatewright", LBPrefix: "10.200.0"}
	if err := yaml.UnmarshalStrict(b, c); err != nil {
		return nil, err
	}
	for i := range c.Images {
		im := &c.Images[i]
		im.re = regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(im.Match), `\*`, ".*") + "$")
	}
	return c, nil
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "init" {
		fmt.Fprintln(os.Stderr, "container start:", initContainer(os.Args[2]))
		os.Exit(127)
	}
	kubeconfig := flag.String("kubeconfig", "", "")
	config := flag.String("config", "node.yaml", "image map and addresses")
	dir := flag.String("dir", "", "state directory (pods, logs)")
	pki := flag.String("pki", "", "directory with ca.crt, kubelet.crt, kubelet.key")
	debug := flag.Bool("debug", false, "")
	flag.Parse()
	lg := logrus.New()
	if *debug {
		lg.SetLevel(logrus.DebugLevel)
	}
	vklog.L = vklogrus.FromLogrus(logrus.NewEntry(lg))
	cfg, err := loadConfig(*config)
	check(err)
	rc, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	check(err)
	rc.QPS, rc.Burst = 200, 400
	rc.ContentType = "application/json" // the API server reads no protobuf
	client, err := kubernetes.NewForConfig(rc)
	check(err)
	ca, err := os.ReadFile(filepath.Join(*pki, "ca.crt"))
	check(err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	crt, err := tls.LoadX509KeyPair(filepath.Join(*pki, "kubelet.crt"), filepath.Join(*pki, "kubelet.key"))
	check(err)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	p := &provider{cfg: cfg, client: client, dir: *dir, ca: ca, pods: map[string]*pod{}, ips: map[string]bool{}}
	mux := http.NewServeMux()
	n, err := nodeutil.NewNode(cfg.NodeName, func(pc nodeutil.ProviderConfig) (nodeutil.Provider, node.NodeProvider, error) {
		p.configMaps, p.secrets = pc.ConfigMaps, pc.Secrets
		return p, nil, nil
	}, func(nc *nodeutil.NodeConfig) error {
		nc.Client, nc.NodeSpec, nc.HTTPListenAddr = client, nodeSpec(cfg), cfg.NodeIP+":10250"
		nc.SkipDownwardAPIResolution, nc.NumWorkers = true, 8
		nc.StreamIdleTimeout, nc.StreamCreationTimeout = time.Hour, 30*time.Second
		// only the API server's client certificate may come in
		nc.TLSConfig = &tls.Config{Certificates: []tls.Certificate{crt}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert,
			VerifyConnection: func(s tls.ConnectionState) error {
				if cn := s.PeerCertificates[0].Subject.CommonName; cn != "kube-apiserver-kubelet-client" {
					return fmt.Errorf("%q may not talk to the node", cn)
				}
				return nil
			}}
		nc.Handler = mux
		return nil
	}, nodeutil.AttachProviderRoutes(mux))
	check(err)
	go balancers(ctx, client, cfg)
	go p.refreshVolumes(ctx)
	if err := n.Run(ctx); err != nil && ctx.Err() == nil {
		log.Print("node: ", err)
	}
	p.killAll()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func nodeSpec(cfg *Config) v1.Node {
	q := v1.ResourceList{v1.ResourceCPU: resource.MustParse("64"), v1.ResourceMemory: resource.MustParse("64Gi"),
		v1.ResourcePods: resource.MustParse("250"), v1.ResourceEphemeralStorage: resource.MustParse("64Gi")}
	var conds []v1.NodeCondition
	for _, t := range []v1.NodeConditionType{v1.NodeReady, v1.NodeDiskPressure, v1.NodeMemoryPressure, v1.NodePIDPressure, v1.NodeNetworkUnavailable} {
		conds = append(conds, v1.NodeCondition{Type: t, Status: v1.ConditionFalse, Reason: "Lab", LastHeartbeatTime: metav1.Now(), LastTransitionTime: metav1.Now()})
	}
	return v1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: cfg.NodeName, Labels: map[string]string{"kubernetes.io/hostname": cfg.NodeName,
			"kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
		Spec: v1.NodeSpec{PodCIDR: cfg.PodPrefix + ".0/24", PodCIDRs: []string{cfg.PodPrefix + ".0/24"}},
		Status: v1.NodeStatus{Phase: v1.NodeRunning, Capacity: q, Allocatable: q, Conditions: conds,
			Addresses:       []v1.NodeAddress{{Type: v1.NodeInternalIP, Address: cfg.NodeIP}, {Type: v1.NodeHostName, Address: cfg.NodeName}},
			DaemonEndpoints: v1.NodeDaemonEndpoints{KubeletEndpoint: v1.DaemonEndpoint{Port: 10250}},
			NodeInfo:        v1.NodeSystemInfo{KubeletVersion: "v1.36.3-processes", OperatingSystem: "linux", Architecture: "amd64", ContainerRuntimeVersion: "processes://0"}},
	}
}
