package fhirpath

import "slices"

func exists(c *call) (Collection, error) {
	if len(c.n.args) == 0 {
		return one(len(c.in) > 0), nil
	}
	found := false
	err := c.holds(func(_ Value, holds bool) bool {
		found = holds
		return !found
	})
	return one(found), err
}

func all(c *call) (Collection, error) {
	every := true
	err := c.holds(func(_ Value, holds bool) bool {
		every = holds
		return every
	})
	return one(every), err
}

// everyBool answers base as long as all are base; want tells the answer then.
func (c *call) everyBool(base, want bool) (Collection, error) {
	for _, v := range c.in {
		b, ok := v.system().(bool)
		if !ok {
			return nil, fail(Type, c.n.pos, "%s() takes true and false, not %s", c.n.text, v.called())
		}
		if b != base {
			return one(!want), nil
		}
	}
	return one(want), nil
}

// within tells whether all of the one are in the other.
func (c *call) within(reverse bool) (Collection, error) {
	small := c.in
	large, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	if reverse {
		small, large = large, small
	}
	s := c.e.newSet(c.n.pos)
	if err := s.addAll(large); err != nil {
		return nil, err
	}
	for _, v := range small {
		if in, err := s.has(v); err != nil || !in {
			return one(false), err
		}
	}
	return one(true), nil
}

func distinct(c *call) (Collection, error) { return c.e.union(c.in, nil, c.n.pos) }

func isDistinct(c *call) (Collection, error) {
	s := c.e.newSet(c.n.pos)
	err := s.addAll(c.in)
	return one(len(s.items) == len(c.in)), err
}

func where(c *call) (Collection, error) {
	var out Collection
	err := c.holds(func(v Value, holds bool) bool {
		if holds {
			out = append(out, v)
		}
		return true
	})
	return out, err
}

func selectEach(c *call) (Collection, error) {
	var out Collection
	err := c.each(func(_ Value, got Collection) (bool, error) {
		out = append(out, got...)
		_, err := size(out, c.n.pos)
		return true, err
	})
	return out, err
}

// repeat goes on with what it found, as long as that is new.
func repeat(c *call) (Collection, error) {
	s := c.e.newSet(c.n.pos)
	for level := c.in; len(level) > 0; {
		var next Collection
		inner := &call{e: c.e, n: c.n, s: c.s, in: level}
		err := inner.each(func(_ Value, got Collection) (bool, error) {
			for _, v := range got {
				fresh, err := s.add(v)
				if err != nil {
					return false, err
				}
				if fresh {
					next = append(next, v)
				}
			}
			return true, nil
		})
		if err != nil {
			return nil, err
		}
		level = next
	}
	return s.items, nil
}

func ofType(c *call) (Collection, error) {
	var out Collection
	for _, v := range c.in {
		if v.asserts(c.n.typ) {
			out = append(out, v)
		}
	}
	return out, nil
}

func singleOnly(c *call) (Collection, error) {
	_, _, err := single(c.in, c.n.pos)
	return c.in, err
}

// slice gives the values from one place to another, as far as they are there.
func (c *call) slice(from, to int) Collection {
	from, to = max(0, from), min(to, len(c.in))
	if from >= to {
		return nil
	}
	return c.in[from:to:to]
}

func skip(c *call) (Collection, error) {
	n, ok, err := c.wholeArg(0)
	if err != nil || !ok {
		return nil, err
	}
	return c.slice(int(max(n, 0)), len(c.in)), nil
}

func take(c *call) (Collection, error) {
	n, ok, err := c.wholeArg(0)
	if err != nil || !ok {
		return nil, err
	}
	return c.slice(0, int(max(n, 0))), nil
}

func intersect(c *call) (Collection, error) {
	other, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	in, out := c.e.newSet(c.n.pos), c.e.newSet(c.n.pos)
	if err := in.addAll(other); err != nil {
		return nil, err
	}
	for _, v := range c.in {
		there, err := in.has(v)
		if err == nil && there {
			_, err = out.add(v)
		}
		if err != nil {
			return nil, err
		}
	}
	return out.items, nil
}

func exclude(c *call) (Collection, error) {
	other, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	away := c.e.newSet(c.n.pos)
	if err := away.addAll(other); err != nil {
		return nil, err
	}
	var out Collection
	for _, v := range c.in {
		there, err := away.has(v)
		if err != nil {
			return nil, err
		}
		if !there {
			out = append(out, v)
		}
	}
	return out, nil
}

func union(c *call) (Collection, error) {
	other, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	return c.e.union(c.in, other, c.n.pos)
}

func combine(c *call) (Collection, error) {
	other, err := c.arg(0)
	if err != nil {
		return nil, err
	}
	return slices.Concat(c.in, other), c.e.step(len(c.in)+len(other), c.n.pos)
}

func coalesce(c *call) (Collection, error) {
	for i := range c.n.args {
		if got, err := c.arg(i); err != nil || len(got) > 0 {
			return got, err
		}
	}
	return nil, nil
}

// sortBy puts values in order of the values themselves or of what each argument
// gives; a minus before it turns the order; what has no value comes first.
func sortBy(c *call) (Collection, error) {
	type row struct {
		v    Value
		keys []Collection
	}
	type key struct {
		n    *node
		turn bool
	}
	keys := []key{{n: &node{op: opThis, pos: c.n.pos}}}
	if len(c.n.args) > 0 {
		keys = nil
		for _, a := range c.n.args {
			k := key{n: a}
			if a.op == opSign && a.text == "-" {
				k = key{n: a.input, turn: true}
			}
			keys = append(keys, k)
		}
	}
	rows := make([]row, len(c.in))
	for i := range c.in {
		rows[i].v = c.in[i]
		for _, k := range keys {
			got, err := c.e.eval(k.n, &scope{this: c.in[i : i+1 : i+1], index: i, loops: true, total: c.s.total})
			if err != nil {
				return nil, err
			}
			if _, _, err := single(got, k.n.pos); err != nil {
				return nil, err
			}
			rows[i].keys = append(rows[i].keys, got)
		}
	}
	var failed error
	slices.SortStableFunc(rows, func(a, b row) int {
		for i, k := range keys {
			x, y := a.keys[i], b.keys[i]
			if failed != nil || len(x) == 0 || len(y) == 0 {
				if len(x) != len(y) {
					return len(x) - len(y)
				}
				continue
			}
			if failed = c.e.step(1, c.n.pos); failed != nil {
				return 0
			}
			var n int
			if n, _, failed = order(x[0], y[0], c.n.pos); n != 0 {
				if k.turn {
					return -n
				}
				return n
			}
		}
		return 0
	})
	out := make(Collection, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.v)
	}
	return out, failed
}

// iif evaluates only the branch that is chosen.
func iif(c *call) (Collection, error) {
	s := c.s
	if c.n.input != nil {
		if len(c.in) > 1 {
			return nil, fail(Type, c.n.pos, "iif() takes one value, there are %d", len(c.in))
		}
		inner := *c.s
		inner.this = c.in
		s = &inner
	}
	got, err := c.e.eval(c.n.args[0], s)
	if err != nil {
		return nil, err
	}
	v, ok, err := single(got, c.n.args[0].pos)
	if err != nil {
		return nil, err
	}
	yes := false
	if ok {
		if yes, ok = v.system().(bool); !ok {
			return nil, fail(Type, c.n.args[0].pos, "the condition of iif() is true or false, not %s", v.called())
		}
	}
	switch {
	case yes:
		return c.e.eval(c.n.args[1], s)
	case len(c.n.args) == 3:
		return c.e.eval(c.n.args[2], s)
	}
	return nil, nil
}

func not(c *call) (Collection, error) {
	b, ok, err := truth(c.in, c.n.pos)
	if err != nil || !ok {
		return nil, err
	}
	return one(!b), nil
}

// aggregate hands $total on from value to value.
func aggregate(c *call) (Collection, error) {
	inner := &scope{loops: true}
	if len(c.n.args) == 2 {
		start, err := c.arg(1)
		if err != nil {
			return nil, err
		}
		inner.total = start
	}
	for i := range c.in {
		inner.this, inner.index = c.in[i:i+1:i+1], i
		got, err := c.e.eval(c.n.args[0], inner)
		if err != nil {
			return nil, err
		}
		inner.total = got
	}
	return inner.total, nil
}

// fold adds or compares from left to right; nothing when a value is missing.
func (c *call) fold(next func(a, b Value) (Collection, error)) (Collection, error) {
	if len(c.in) == 0 {
		return nil, nil
	}
	total := Collection{{data: c.in[0].system()}}
	if total[0].data == nil {
		return nil, fail(Type, c.n.pos, "%s() does not go with %s", c.n.text, c.in[0].called())
	}
	for _, v := range c.in[1:] {
		if err := c.e.step(1, c.n.pos); err != nil {
			return nil, err
		}
		got, err := next(total[0], v)
		if err != nil || len(got) == 0 {
			return nil, err
		}
		total = got
	}
	return total, nil
}

func sumOf(c *call) (Collection, error) {
	plus := &node{text: "+", pos: c.n.pos}
	return c.fold(func(a, b Value) (Collection, error) { return arithmetic(plus, a, b) })
}

func average(c *call) (Collection, error) {
	total, err := sumOf(c)
	if err != nil || len(total) == 0 {
		return nil, err
	}
	return arithmetic(&node{text: "/", pos: c.n.pos}, total[0], Value{data: int64(len(c.in))})
}

// extreme keeps the smallest or the largest.
func (c *call) extreme(sign int) (Collection, error) {
	return c.fold(func(a, b Value) (Collection, error) {
		n, known, err := order(b, a, c.n.pos)
		if err != nil || !known {
			return nil, err
		}
		if n*sign > 0 {
			return Collection{{data: b.system()}}, nil
		}
		return Collection{a}, nil
	})
}

func childrenOf(c *call) (Collection, error) {
	var out Collection
	for i := range c.in {
		at := len(out)
		out = children(out, &c.in[i])
		if err := c.e.step(1+len(out)-at, c.n.pos); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// descendants gives children, their children and so on, level by level.
func descendants(c *call) (Collection, error) {
	var out Collection
	for level := c.in; len(level) > 0; {
		inner := &call{e: c.e, n: c.n, s: c.s, in: level}
		next, err := childrenOf(inner)
		if err != nil {
			return nil, err
		}
		if out, err = size(append(out, next...), c.n.pos); err != nil {
			return nil, err
		}
		level = next
	}
	return out, nil
}

// trace hands its input on. It writes nothing: what a resource holds is of a
// person, and a log is no place for it.
func trace(c *call) (Collection, error) {
	if _, _, err := c.textArg(0); err != nil {
		return nil, err
	}
	return c.in, nil
}
