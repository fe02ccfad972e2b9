package db

import "time"

// Numbers is how busy a database is, as this process sees it.
type Numbers struct {
	Busy, Idle, Max int           // connections; on SQLite, of readers
	Waits           int64         // of PostgreSQL: how often a connection had to be waited for
	Waited          time.Duration // and for how long, all together

	// Of SQLite's one writer.
	Queue           int   // writes that wait
	Writes, Commits int64 // writes it has run, and the commits they shared
}

// Numbers asks the database nothing and never waits.
func (d *DB) Numbers() Numbers { return d.engine.numbers() }

func (e *pgEngine) numbers() Numbers {
	s := e.pool.Stat()
	return Numbers{
		Busy: int(s.AcquiredConns()), Idle: int(s.IdleConns()), Max: int(s.MaxConns()),
		Waits: s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime(),
	}
}

func (e *sqliteEngine) numbers() Numbers {
	free := len(e.readers)
	n := Numbers{Busy: e.size - free, Idle: free, Max: e.size}
	if e.writer != nil {
		n.Queue, n.Writes, n.Commits = len(e.writer.jobs), e.writer.writes.Load(), e.writer.commits.Load()
	}
	return n
}
