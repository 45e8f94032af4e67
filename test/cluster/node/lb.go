package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os/exec"
	"strings"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// balancers gives every Service of type LoadBalancer an address of its own on the node's loopback device; kube-proxy
// sends what arrives there to the Service's endpoints.
func balancers(ctx context.Context, client kubernetes.Interface, cfg *Config) {
	f := informers.NewSharedInformerFactory(client, 0)
	inf := f.Core().V1().Services()
	wake := make(chan struct{}, 1)
	kick := func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}
	_, _ = inf.Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(any) { kick() }, UpdateFunc: func(_, _ any) { kick() }, DeleteFunc: func(any) { kick() }})
	f.Start(ctx.Done())
	f.WaitForCacheSync(ctx.Done())
	have := map[string]bool{} // addresses on lo
	given := map[types.UID]string{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		case <-time.After(5 * time.Second):
		}
		svcs, _ := inf.Lister().List(labels.Everything())
		used, seen := map[string]bool{}, map[types.UID]bool{}
		for _, s := range svcs {
			if isLB(s) {
				seen[s.UID] = true
				if ing := s.Status.LoadBalancer.Ingress; len(ing) > 0 && given[s.UID] == "" {
					given[s.UID] = ing[0].IP
				}
			}
		}
		for uid, ip := range given {
			if !seen[uid] {
				delete(given, uid)
			} else {
				used[ip] = true
			}
		}
		for _, s := range svcs {
			if !isLB(s) {
				continue
			}
			ip := given[s.UID]
			if want := s.Spec.LoadBalancerIP; ip == "" && strings.HasPrefix(want, cfg.LBPrefix+".") && !used[want] {
				ip = want
			}
			for i := 1; ip == "" && i < 255; i++ {
				if c := fmt.Sprintf("%s.%d", cfg.LBPrefix, i); !used[c] {
					ip = c
				}
			}
			if ip == "" {
				log.Printf("no address left for %s/%s", s.Namespace, s.Name)
				continue
			}
			used[ip], given[s.UID] = true, ip
			if !have[ip] {
				if out, err := exec.Command("ip", "addr", "replace", ip+"/32", "dev", "lo").CombinedOutput(); err != nil {
					log.Printf("%s: %s", ip, out)
				}
				have[ip] = true
			}
			if ing := s.Status.LoadBalancer.Ingress; len(ing) == 0 || ing[0].IP != ip {
				vip := v1.LoadBalancerIPModeVIP
				b, _ := json.Marshal(map[string]any{"status": map[string]any{"loadBalancer": v1.LoadBalancerStatus{Ingress: []v1.LoadBalancerIngress{{IP: ip, IPMode: &vip}}}}})
				if _, err := client.CoreV1().Services(s.Namespace).Patch(ctx, s.Name, types.MergePatchType, b, metav1.PatchOptions{}, "status"); err != nil {
					log.Printf("service %s/%s: %v", s.Namespace, s.Name, err)
				}
			}
		}
		for ip := range have {
			if !used[ip] {
				_ = exec.Command("ip", "addr", "del", ip+"/32", "dev", "lo").Run()
				delete(have, ip)
			}
		}
	}
}

func isLB(s *v1.Service) bool {
	return s.Spec.Type == v1.ServiceTypeLoadBalancer && s.DeletionTimestamp == nil &&
		(s.Spec.LoadBalancerClass == nil || *s.Spec.LoadBalancerClass == "gatewright")
}
