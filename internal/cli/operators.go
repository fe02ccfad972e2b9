package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/fail"
)

// The names in the environment of what createsuperuser and changepassword are not told by flags.
const (
	superuserPassword = "TASKHOUSE_SUPERUSER_PASSWORD"
	newPassword       = "TASKHOUSE_NEW_PASSWORD" //nolint:gosec // the name of a variable, no password
)

type createsuperuserCommand struct {
	Username      string `env:"TASKHOUSE_SUPERUSER_USERNAME" placeholder:"NAME" help:"Username; asked for when not given ($$TASKHOUSE_SUPERUSER_USERNAME)."`
	Email         string `env:"TASKHOUSE_SUPERUSER_EMAIL" placeholder:"ADDRESS" help:"E-mail address, which may be none ($$TASKHOUSE_SUPERUSER_EMAIL)."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from the first line of the standard input."`
	NoInput       bool   `name:"no-input" help:"Ask nothing; what is not given is an error."`
	Existing      bool   `name:"existing" help:"Make an existing account an operator; its password stays."`
}

// Help is the rest of the command's help.
func (createsuperuserCommand) Help() string {
	return `An operator looks after all companies by the operator's routes (/api/operator/) and belongs to none.

The password is asked for on a terminal, and not shown there. Scripts give it in $TASKHOUSE_SUPERUSER_PASSWORD or with --password-stdin; no flag takes it.

Exit codes: 0 made, 1 refused (the name is taken, the password is weak), 2 something is missing and there is no terminal to ask at.`
}

// Run makes the operator.
func (c createsuperuserCommand) Run(p *program) error {
	ask := p.asker(c.NoInput || c.PasswordStdin)
	in := auth.NewOperator{Username: c.Username, Email: c.Email}
	var err error
	if in.Username == "" {
		if in.Username, err = ask.text("Username: ", "the username", "--username"); err != nil {
			return err
		}
	}
	if c.Existing {
		return p.withAccounts(func(s *auth.Service) error {
			id, err := s.Promote(p.ctx, in.Username)
			return p.tellOperator(in.Username, id, err)
		})
	}
	if in.Email == "" && ask.possible() {
		if in.Email, err = ask.text("E-mail address (empty for none): ", "", ""); err != nil {
			return err
		}
	}
	if in.Password, err = p.password(ask, c.PasswordStdin, superuserPassword); err != nil {
		return err
	}
	return p.withAccounts(func(s *auth.Service) error {
		id, err := s.CreateOperator(p.ctx, in)
		return p.tellOperator(in.Username, id, err)
	})
}

func (p *program) tellOperator(username string, id int64, err error) error {
	if fail.Is(err, fail.KindNotFound) {
		return fmt.Errorf("there is no account %q", username)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s (user %d) is an operator\n", username, id)
	return err
}

type changepasswordCommand struct {
	Username      string `arg:"" help:"Whose password."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from the first line of the standard input."`
}

// Help is the rest of the command's help.
func (changepasswordCommand) Help() string {
	return `All sessions of the account end, in all its companies.

The password is asked for on a terminal, and not shown there. Scripts give it in $TASKHOUSE_NEW_PASSWORD or with --password-stdin; no flag takes it.

Exit codes: 0 changed, 1 refused (no such account, a weak password), 2 no password and no terminal to ask at.`
}

// Run changes it.
func (c changepasswordCommand) Run(p *program) error {
	password, err := p.password(p.asker(c.PasswordStdin), c.PasswordStdin, newPassword)
	if err != nil {
		return err
	}
	return p.withAccounts(func(s *auth.Service) error {
		if err := s.ResetPassword(p.ctx, c.Username, password); fail.Is(err, fail.KindNotFound) {
			return fmt.Errorf("there is no account %q", c.Username)
		} else if err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "the password of %s is changed; all its sessions have ended\n", c.Username)
		return err
	})
}

// password is a new password: from the standard input if that is asked for, else from the environment, else typed twice.
func (p *program) password(ask *asker, stdin bool, variable string) (string, error) {
	if stdin {
		line, err := bufio.NewReader(io.LimitReader(p.stdin, 8<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", usage(errors.New("the standard input has no password on its first line"))
		}
		return line, nil
	}
	if text := os.Getenv(variable); text != "" {
		return text, nil
	}
	if !ask.possible() {
		return "", usage(fmt.Errorf("there is no terminal to ask for the password: give it with --password-stdin or in %s", variable))
	}
	first, err := ask.hidden("Password: ")
	if err != nil {
		return "", err
	}
	second, err := ask.hidden("Password again: ")
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the two passwords differ")
	}
	return first, nil
}
