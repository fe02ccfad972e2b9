// Command growth measures an installation with very many companies: how evenly they spread over several databases, the
// cost of one more database, and the cost of idle followers. docs/growth.md has the conclusions.
//
//	go run ./bench/growth                       # a million companies, placed by calculation
//	go run ./bench/growth -poll 100000,1000000  # and as many real ones in PostgreSQL, with a real follower
package main

import (
	"context"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/taskhouse/taskhouse/internal/db"
	"github.com/taskhouse/taskhouse/internal/event"
	"github.com/taskhouse/taskhouse/internal/testenv"
)

func main() {
	companies := flag.Int("companies", 1_000_000, "how many companies are placed")
	shards := flag.Int("shards", 8, "on how many databases")
	poll := flag.String("poll", "", "how many companies a real follower looks at, in PostgreSQL; several by commas")
	flag.Parse()
	if err := run(os.Stdout, *companies, *shards, *poll); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out io.Writer, companies, shards int, poll string) error {
	place(out, companies, shards)
	if poll == "" {
		return nil
	}
	return follow(out, poll)
}

// largest is the tasks of the largest company.
const largest = 1_000_000

// sizes returns the tasks of each company, as sizes are distributed in practice: the n-th largest has an n-th of the
// largest, and the smallest a handful (Zipf).
func sizes(companies int) []float64 {
	all := make([]float64, companies)
	for i := range all {
		all[i] = max(5, largest/float64(i+1))
	}
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(companies, func(i, j int) { all[i], all[j] = all[j], all[i] }) // their ids say nothing of their size
	return all
}

// byHash returns the database of a company by calculation: the one with the highest hash for it (rendezvous hashing),
// so that one more database takes only its share and moves nothing else.
func byHash(company, shards int) (best int) {
	most := uint64(0)
	for s := range shards {
		h := fnv.New64a()
		_, _ = fmt.Fprintf(h, "%d %d", s, company)
		x := h.Sum64() // FNV alone mixes its last bytes badly
		x ^= x >> 33
		x *= 0xff51afd7ed558ccd
		x ^= x >> 33
		if x >= most {
			most, best = x, s
		}
	}
	return best
}

// byDirectory places each company with a directory: in order of arrival, on the emptiest database.
func byDirectory(tasks []float64, shards int) []int {
	load := make([]float64, shards)
	at := make([]int, len(tasks))
	for c, n := range tasks {
		least := slices.Index(load, slices.Min(load))
		at[c] = least
		load[least] += n
	}
	return at
}

func place(out io.Writer, companies, shards int) {
	tasks := sizes(companies)
	total := 0.0
	for _, n := range tasks {
		total += n
	}
	fmt.Fprintf(out, "%d companies, %.1f million tasks, the largest with %.1f %% of them, on %d databases\n\n",
		companies, total/1e6, 100*slices.Max(tasks)/total, shards)
	hashed, more := make([]int, companies), make([]int, companies)
	for c := range tasks {
		hashed[c], more[c] = byHash(c, shards), byHash(c, shards+1)
	}
	listed := byDirectory(tasks, shards)
	fmt.Fprintln(out,
		"| placed by | companies on one, fewest to most | tasks on one, fewest to most | fullest to the mean |")
	fmt.Fprintln(out, "|---|---|---|---|")
	for _, way := range []struct {
		name string
		at   []int
	}{{"hash", hashed}, {"directory", listed}} {
		count, load := make([]float64, shards), make([]float64, shards)
		for c, s := range way.at {
			count[s]++
			load[s] += tasks[c]
		}
		fmt.Fprintf(out, "| %s | %.0f to %.0f | %.2f to %.2f million | %.3f |\n", way.name, slices.Min(count),
			slices.Max(count), slices.Min(load)/1e6, slices.Max(load)/1e6, slices.Max(load)*float64(shards)/total)
	}
	moved, weight := 0, 0.0
	for c := range tasks {
		if hashed[c] != more[c] {
			moved++
			weight += tasks[c]
		}
	}
	fmt.Fprintf(out, "\nOne database more, by hash: %d companies move (%.1f %%), ",
		moved, 100*float64(moved)/float64(companies))
	fmt.Fprintf(out, "with %.2f million tasks (%.1f %%; the least possible is %.1f %%). ",
		weight/1e6, 100*weight/total, 100/float64(shards+1))
	fmt.Fprintf(out, "By directory: none must; to be even, the largest go first: %d companies carry that share.\n",
		fewest(tasks, total/float64(shards+1)))
}

// fewest returns how many companies, the largest first, have so many tasks together; it skips larger ones.
func fewest(tasks []float64, share float64) (n int) {
	sorted := slices.Clone(tasks)
	slices.Sort(sorted)
	for _, v := range slices.Backward(sorted) {
		if v <= share {
			share -= v
			n++
		}
		if share < 5 {
			break
		}
	}
	return n
}

// follow measures a follower beside so many companies that have no news for it, and beside those of which 100 have.
func follow(out io.Writer, poll string) error {
	ctx := context.Background()
	s, err := testenv.OpenPostgres()
	if err != nil {
		return err
	}
	defer s.Close()
	admin, err := pgx.Connect(ctx, s.URL())
	if err != nil {
		return err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, `CREATE ROLE growth LOGIN CREATEROLE`); err != nil {
		return err
	}
	if _, err := admin.Exec(ctx, `CREATE DATABASE growth OWNER growth`); err != nil {
		return err
	}
	cfg := admin.Config().Copy()
	cfg.Database = "growth"
	rows, err := pgx.ConnectConfig(ctx, cfg)
	if err != nil {
		return err
	}
	defer rows.Close(ctx)
	d, err := db.Open(
		ctx,
		db.Options{
			URL:              fmt.Sprintf("postgres://growth@%s:%d/growth?sslmode=disable", cfg.Host, cfg.Port),
			StatementTimeout: time.Minute,
		},
	)
	if err != nil {
		return err
	}
	defer d.Close()
	if _, err := d.Migrate(ctx); err != nil {
		return err
	}
	followers := event.NewFollowers(d, slog.New(slog.DiscardHandler),
		event.Follower{Name: "notify", Do: func(*db.Tx, []event.Entry) error { return nil }})
	fmt.Fprintln(out,
		"\n| companies | a look without news, median of 5 | 100 companies with news, found and done |\n|---|---|---|")
	for text := range strings.SplitSeq(poll, ",") {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		if err := found(ctx, rows, n); err != nil {
			return err
		}
		var looks []time.Duration
		for range 5 {
			began := time.Now()
			if err := followers.CatchUpDue(ctx); err != nil {
				return err
			}
			looks = append(looks, time.Since(began))
		}
		slices.Sort(looks)
		if err := change(ctx, rows, n/100); err != nil {
			return err
		}
		began := time.Now()
		if err := followers.CatchUpDue(ctx); err != nil {
			return err
		}
		fmt.Fprintf(out, "| %d | %.0f ms | %.0f ms |\n", n, ms(looks[2]), ms(time.Since(began)))
	}
	return nil
}

func ms(d time.Duration) float64 { return math.Round(float64(d) / float64(time.Millisecond)) }

// found makes companies up to so many, each with one event that two followers have done.
func found(ctx context.Context, c *pgx.Conn, n int) error {
	for _, sql := range []string{
		`INSERT INTO companies (company_id, name, name_key, created_at, updated_at)
			SELECT i, 'c' || i, 'c' || i, 1, 1
			FROM generate_series((SELECT coalesce(max(company_id), 0) + 1 FROM companies), ` + strconv.Itoa(n) + `) i`,
		`INSERT INTO heads (company_id, seq, epoch) SELECT company_id, 1, 0 FROM companies ON CONFLICT DO NOTHING`,
		`INSERT INTO events (company_id, seq, kind, subject, subject_id, version, at, message, changes, data)
			SELECT company_id, 1, 'company_created', 'company', company_id, 1, 1, '', '{}', '{}' FROM companies
			ON CONFLICT DO NOTHING`,
		`INSERT INTO cursors (company_id, name, seq)
			SELECT company_id, f, 1 FROM companies, unnest(ARRAY['analytics', 'notify']) f ON CONFLICT DO NOTHING`,
		`VACUUM ANALYZE`,
	} {
		if _, err := c.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}

// change gives every so many-th company an event more.
func change(ctx context.Context, c *pgx.Conn, every int) error {
	for _, sql := range []string{
		`UPDATE heads SET seq = seq + 1 WHERE company_id % ` + strconv.Itoa(every) + ` = 0`,
		`INSERT INTO events (company_id, seq, kind, subject, subject_id, version, at, message, changes, data)
			SELECT company_id, seq, 'task_created', 'task', 1, 1, 1, '', '{}', '{}' FROM heads
			WHERE company_id % ` + strconv.Itoa(every) + ` = 0`,
	} {
		if _, err := c.Exec(ctx, sql); err != nil {
			return err
		}
	}
	return nil
}
