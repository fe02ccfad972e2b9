package db

import "time"

// Numbers says how busy a database is, as this process sees it.
type Numbers struct {
	Busy, Idle, Max int           // connections; on SQLite, those of readers
	Waits           int64         // PostgreSQL only: how often a caller waited for a connection
	Waited          time.Duration // and for how long in total

	// SQLite only: its one writer.
	Queue           int   // writes that wait
	Writes, Commits int64 // completed writes, and the commits that they shared
}

// Numbers returns the figures of this process. It sends nothing to the database and never waits.
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
