// Package tour has the steps of a tour, for the Go clients. What they mean: tests/clients/tours.mjs.
package tour

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"os"
	"sync"
	"time"
)

// Seen is what a step saw.
type Seen = map[string]any

// Changing is the resource that changes.
const Changing = "product://KIT-0006"

// Told is what a client hears while it is connected.
type Told struct {
	Asked    chan string  // the questions that it answered
	Changed  chan string  // URIs of resources
	Progress chan float64 // of whichever call
}

// NewTold is a Told that keeps a client's handlers from waiting.
func NewTold() Told {
	return Told{make(chan string, 1000), make(chan string, 1000), make(chan float64, 1000)}
}

// Visitor is a connected client. Each gives what it saw.
type Visitor interface {
	Known() Seen
	Lists(ctx context.Context) (Seen, error)
	// Call gives the structured content of a call that must succeed. A token asks for progress.
	Call(ctx context.Context, tool string, arguments Seen, token string) (Seen, error)
	Fail(ctx context.Context) (Seen, error)
	Read(ctx context.Context) (Seen, error)
	Prompt(ctx context.Context) (Seen, error)
	Complete(ctx context.Context) (Seen, error)
	// Subscribe asks to be told of changes until the context ends.
	Subscribe(ctx context.Context, uri string) error
	Heard() Told
	Close() error
}

// Content is the structured content of a call that must have succeeded, or else what it said.
func Content(failed bool, words string, content any) (Seen, error) {
	if failed {
		return nil, errors.New(words)
	}
	seen, _ := content.(Seen)
	return seen, nil
}

// Names is what each of a list is called.
func Names[T any](list []T, name func(T) string) []string {
	names := []string{}
	for _, each := range list {
		names = append(names, name(each))
	}
	return names
}

// Connect makes one, with a key or "".
type Connect func(ctx context.Context, url, key string) (Visitor, error)

var printing sync.Mutex

func say(line Seen) {
	printing.Lock()
	defer printing.Unlock()
	json.NewEncoder(os.Stdout).Encode(line)
}

// step takes one of the steps, and prints what it saw or why it failed.
func step(name string, run func(context.Context) (Seen, error)) {
	ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	seen, err := run(ctx)
	if err != nil {
		say(Seen{"step": name, "failed": err.Error()})
		return
	}
	say(Seen{"step": name, "seen": seen})
}

// ---- Steps that take more than one call ----

func product(ctx context.Context, shop Visitor) (Seen, error) {
	return shop.Call(ctx, "get_product", Seen{"sku": "KIT-0003"}, "")
}

// follow follows an order, and prints and gives the progress told meanwhile.
func follow(ctx context.Context, book Visitor, order string, each func()) (Seen, error) {
	steps, over := []float64{}, make(chan struct{})
	var telling sync.WaitGroup
	telling.Go(func() {
		// Notifications are handled beside the call: the last may come a moment after its result.
		over := over
		var late <-chan time.Time
		for {
			select {
			case progress := <-book.Heard().Progress:
				steps = append(steps, progress)
				say(Seen{"progress": order})
				each()
			case <-over:
				over, late = nil, time.After(200*time.Millisecond)
			case <-late:
				return
			}
		}
	})
	content, err := book.Call(ctx, "track_order",
		Seen{"id": order, "follow": true, "wait_seconds": 30}, "follow-"+order)
	close(over)
	telling.Wait()
	return Seen{"steps": steps, "status": content["status"]}, err
}

func giveUp(ctx context.Context, book Visitor) (Seen, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	_, err := follow(ctx, book, os.Getenv("GIVE_UP"), stop)
	return Seen{"gave_up": errors.Is(err, context.Canceled)}, nil
}

func question(ctx context.Context, book Visitor) (Seen, error) {
	order, err := book.Call(ctx, "cancel_order", Seen{"id": os.Getenv("ASK")}, "")
	if err != nil {
		return nil, err
	}
	return Seen{"asked": <-book.Heard().Asked, "status": order["status"]}, nil
}

func changes(ctx context.Context, shop Visitor) (Seen, error) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if err := shop.Subscribe(ctx, Changing); err != nil {
		return nil, err
	}
	say(Seen{"subscribed": true})
	select {
	case told := <-shop.Heard().Changed:
		return Seen{"uri": told}, nil
	case <-ctx.Done():
		return nil, errors.New("no change was told")
	}
}

func restart(ctx context.Context, shop Visitor) (Seen, error) {
	say(Seen{"restart": true})
	bufio.NewReader(os.Stdin).ReadString('\n')
	// What counts is whether the second arrives.
	product(ctx, shop)
	return product(ctx, shop)
}

func withKeys(connect Connect) {
	url := os.Getenv("KEYED")
	step("refused", func(ctx context.Context) (Seen, error) {
		v, err := connect(ctx, url, os.Getenv("WRONG_KEY"))
		if err == nil {
			return nil, v.Close()
		}
		return Seen{"words": err.Error()}, nil
	})
	step("key", func(ctx context.Context) (Seen, error) {
		v, err := connect(ctx, url, os.Getenv("KEY"))
		if err != nil {
			return nil, err
		}
		defer v.Close()
		listed, err := v.Lists(ctx)
		return Seen{"tools": listed["tools"]}, err
	})
}

// Take takes all of them.
func Take(connect Connect) {
	var shop, book Visitor
	step("connect", func(ctx context.Context) (seen Seen, err error) {
		if shop, err = connect(ctx, os.Getenv("PRODUCTS"), ""); err != nil {
			return nil, err
		}
		if book, err = connect(ctx, os.Getenv("ORDERS"), ""); err != nil {
			return nil, err
		}
		return shop.Known(), nil
	})
	with := func(v Visitor, run func(context.Context, Visitor) (Seen, error)) func(context.Context) (Seen, error) {
		return func(ctx context.Context) (Seen, error) { return run(ctx, v) }
	}
	following := func(order string) func(context.Context) (Seen, error) {
		return func(ctx context.Context) (Seen, error) { return follow(ctx, book, os.Getenv(order), func() {}) }
	}
	step("lists", shop.Lists)
	step("call", with(shop, product))
	step("error", shop.Fail)
	step("read", shop.Read)
	step("prompt", shop.Prompt)
	step("complete", shop.Complete)
	step("progress", following("FOLLOW"))
	step("question", with(book, question))
	step("cancel", with(book, giveUp))
	step("changes", with(shop, changes))
	withKeys(connect)
	step("restart", with(shop, restart))
	step("resume", following("RESUME"))
	book.Close()
	shop.Close()
}
