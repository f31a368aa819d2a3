package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"sigs.k8s.io/yaml"
)

// group is one entry of a node file: count nodes that are equal but for their names.
type group struct {
	name, zone, instanceType, arch string
	count, gpu, pods               int64
	cpu, memory, storage           resource.Quantity
	labels                         map[string]string
	taints                         []core.Taint
}

// region is the zone without its letter: eu-central-1a lies in eu-central-1.
func (g group) region() string {
	if trimmed := regexp.MustCompile(`^(.*[0-9])[a-z]$`).FindStringSubmatch(g.zone); trimmed != nil {
		return trimmed[1]
	}
	return g.zone
}

// parseGroups reads a node file. An error names the group and the field.
func parseGroups(text []byte) ([]group, error) {
	var entries []map[string]any
	if err := yaml.UnmarshalStrict(text, &entries); err != nil {
		return nil, fmt.Errorf("not a YAML list of node groups: %w", err)
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("no node groups: write a list with at least zone, cpu and memory")
	}
	var groups []group
	for i, entry := range entries {
		parsed, err := parseGroup(entry)
		if err != nil {
			return nil, fmt.Errorf("group %d: %w", i+1, err)
		}
		groups = append(groups, parsed)
	}
	return groups, nil
}

var known = []string{"name", "count", "zone", "instanceType", "arch", "cpu", "memory", "gpu", "pods", "storage", "labels", "taints"}

func parseGroup(entry map[string]any) (group, error) {
	for _, field := range slices.Sorted(maps.Keys(entry)) {
		if !slices.Contains(known, field) {
			return group{}, fmt.Errorf("unknown field %q (known: %s)", field, strings.Join(known, ", "))
		}
	}
	f := fields{entry: entry}
	parsed := group{
		name:         f.text("name", "node"),
		zone:         f.text("zone", ""),
		instanceType: f.text("instanceType", "m6i.large"),
		arch:         f.text("arch", "amd64"),
		count:        f.number("count", 1),
		gpu:          f.number("gpu", 0),
		pods:         f.number("pods", 110),
		cpu:          f.quantity("cpu", ""),
		memory:       f.quantity("memory", ""),
		storage:      f.quantity("storage", "100Gi"),
		labels:       f.labels(),
		taints:       f.taints(),
	}
	for _, problem := range validation.IsDNS1123Label(parsed.name) {
		f.wrong("name", "%s", problem)
	}
	for _, field := range []struct{ name, value string }{
		{"zone", parsed.zone}, {"instanceType", parsed.instanceType}, {"arch", parsed.arch},
	} {
		for _, problem := range validation.IsValidLabelValue(field.value) {
			f.wrong(field.name, "%s", problem)
		}
	}
	return parsed, f.err
}

// fields reads one group's members and keeps the first problem.
type fields struct {
	entry map[string]any
	err   error
}

func (f *fields) wrong(field, format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf("%s: %s", field, fmt.Sprintf(format, args...))
	}
}

func (f *fields) text(field, otherwise string) string {
	value, present := f.entry[field]
	if !present {
		if otherwise == "" {
			f.wrong(field, "missing")
		}
		return otherwise
	}
	text, ok := value.(string)
	if !ok || text == "" {
		f.wrong(field, "%v is not a text", value)
	}
	return text
}

func (f *fields) number(field string, otherwise int64) int64 {
	value, present := f.entry[field]
	if !present {
		return otherwise
	}
	// JSON knows floating point numbers only.
	number, ok := value.(float64)
	if !ok || number < 0 || number != float64(int64(number)) {
		f.wrong(field, "%v is not a whole number of 0 or more", value)
	}
	return int64(number)
}

func (f *fields) quantity(field, otherwise string) resource.Quantity {
	value, present := f.entry[field]
	if !present {
		if otherwise == "" {
			f.wrong(field, "missing")
			return resource.Quantity{}
		}
		value = otherwise
	}
	quantity, err := resource.ParseQuantity(fmt.Sprint(value))
	if err != nil || quantity.Sign() <= 0 {
		f.wrong(field, "%v is not a positive quantity such as 2, 500m or 8Gi", value)
	}
	return quantity
}

func (f *fields) labels() map[string]string {
	labels := map[string]string{}
	value, present := f.entry["labels"]
	if !present {
		return labels
	}
	members, ok := value.(map[string]any)
	if !ok {
		f.wrong("labels", "%v is not a map of label to value", value)
	}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		text, ok := members[key].(string)
		if !ok {
			f.wrong("labels."+key, "%v is not a text; write it in quotes", members[key])
		}
		for _, problem := range append(validation.IsQualifiedName(key), validation.IsValidLabelValue(text)...) {
			f.wrong("labels."+key, "%s", problem)
		}
		labels[key] = text
	}
	return labels
}

// taints are written as kubectl writes them: key=value:Effect or key:Effect.
func (f *fields) taints() []core.Taint {
	value, present := f.entry["taints"]
	if !present {
		return nil
	}
	list, ok := value.([]any)
	if !ok {
		f.wrong("taints", "%v is not a list of key=value:Effect", value)
	}
	var taints []core.Taint
	effects := []core.TaintEffect{core.TaintEffectNoSchedule, core.TaintEffectPreferNoSchedule, core.TaintEffectNoExecute}
	for i, item := range list {
		field := fmt.Sprintf("taints[%d]", i)
		text, _ := item.(string)
		pair, effect, _ := strings.Cut(text, ":")
		key, value, _ := strings.Cut(pair, "=")
		if !slices.Contains(effects, core.TaintEffect(effect)) {
			f.wrong(field, "%v is not key=value:Effect with an effect of %v", item, effects)
		}
		for _, problem := range append(validation.IsQualifiedName(key), validation.IsValidLabelValue(value)...) {
			f.wrong(field, "%s", problem)
		}
		taints = append(taints, core.Taint{Key: key, Value: value, Effect: core.TaintEffect(effect)})
	}
	return taints
}
