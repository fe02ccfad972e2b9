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

// The environment variables with passwords for createsuperuser and changepassword.
const (
	superuserPassword = "TASKHOUSE_SUPERUSER_PASSWORD"
	newPassword       = "TASKHOUSE_NEW_PASSWORD" //nolint:gosec // the name of a variable, no password
)

type createsuperuserCommand struct {
	Username      string `env:"TASKHOUSE_SUPERUSER_USERNAME" placeholder:"NAME" help:"Username ($$${env})."`
	Email         string `env:"TASKHOUSE_SUPERUSER_EMAIL" placeholder:"ADDRESS" help:"E-mail, optional ($$${env})."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from the first line of standard input."`
	NoInput       bool   `name:"no-input" help:"Never ask; fail if a value is missing."`
	Existing      bool   `name:"existing" help:"Make an existing account an operator; its password stays."`
}

// Help returns the long help of the command.
func (createsuperuserCommand) Help() string {
	return `An operator manages all companies through the routes under /api/operator/ and is a member of none.

The command asks for a missing username, and for the password, which it does not show. In scripts, set
$TASKHOUSE_SUPERUSER_PASSWORD or use --password-stdin; no flag takes a password.

Exit codes: 0 created, 1 rejected (the name is taken, the password is weak), 2 a value is missing and there is no
terminal.`
}

// Run creates the operator.
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
			return p.reportOperator(in.Username, id, err)
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
		return p.reportOperator(in.Username, id, err)
	})
}

func (p *program) reportOperator(username string, id int64, err error) error {
	if fail.Is(err, fail.KindNotFound) {
		return fmt.Errorf("no account %q", username)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s (user %d) is an operator\n", username, id)
	return err
}

type changepasswordCommand struct {
	Username      string `arg:"" help:"Username of the account."`
	PasswordStdin bool   `name:"password-stdin" help:"Read the password from the first line of standard input."`
}

// Help returns the long help of the command.
func (changepasswordCommand) Help() string {
	return `All sessions of the account end, in all its companies.

The command asks for the password on a terminal and does not show it. In scripts, set $TASKHOUSE_NEW_PASSWORD or use
--password-stdin; no flag takes a password.

Exit codes: 0 changed, 1 rejected (no such account, a weak password), 2 no password and no terminal.`
}

// Run sets the password.
func (c changepasswordCommand) Run(p *program) error {
	password, err := p.password(p.asker(c.PasswordStdin), c.PasswordStdin, newPassword)
	if err != nil {
		return err
	}
	return p.withAccounts(func(s *auth.Service) error {
		if err := s.ResetPassword(p.ctx, c.Username, password); fail.Is(err, fail.KindNotFound) {
			return fmt.Errorf("no account %q", c.Username)
		} else if err != nil {
			return err
		}
		_, err := fmt.Fprintf(p.stdout, "the password of %s is changed; all its sessions have ended\n", c.Username)
		return err
	})
}

type resetpasswordCommand struct {
	Username string `arg:"" help:"Username of the account."`
}

// Help returns the long help of the command.
func (resetpasswordCommand) Help() string {
	return `The command prints a link that sets a new password, for a person who cannot get one by mail. Hand the link
over: it works once, within 24 hours. The old password works until then.

Exit codes: 0 printed, 1 rejected (no such account, a closed account).`
}

// Run prints the link.
func (c resetpasswordCommand) Run(p *program) error {
	cfg, err := p.config()
	if err != nil {
		return err
	}
	return p.withAccounts(func(s *auth.Service) error {
		path, err := s.CreateResetLink(p.ctx, c.Username)
		if fail.Is(err, fail.KindNotFound) {
			return fmt.Errorf("no account %q", c.Username)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s%s\n", cfg.PublicURL, path)
		return err
	})
}

// variable returns a variable of the environment of the person who runs the command.
func (p *program) variable(name string) string {
	if p.inside != nil {
		return p.inside.variables[name]
	}
	return os.Getenv(name)
}

// password returns a new password: from standard input if stdin is set, else from the environment, else typed twice.
func (p *program) password(ask *asker, stdin bool, variable string) (string, error) {
	if stdin {
		line, err := bufio.NewReader(io.LimitReader(p.stdin, 8<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("read the password: %w", err)
		}
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			return "", usage(errors.New("standard input has no password on its first line"))
		}
		return line, nil
	}
	if text := p.variable(variable); text != "" {
		return text, nil
	}
	if !ask.possible() {
		return "", usage(fmt.Errorf("no terminal to ask for the password: use --password-stdin or %s", variable))
	}
	first, err := ask.ask("Password: ", true)
	if err != nil {
		return "", err
	}
	second, err := ask.ask("Password again: ", true)
	if err != nil {
		return "", err
	}
	if first != second {
		return "", errors.New("the passwords differ")
	}
	return first, nil
}
