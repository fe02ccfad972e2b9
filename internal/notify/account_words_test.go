package notify_test

import (
	"strings"
	"testing"

	"github.com/taskhouse/taskhouse/internal/auth"
	"github.com/taskhouse/taskhouse/internal/notify"
)

// Every mail to an account has all of its words in every language, and names the account.
func TestAccountMailsAreInEveryLanguage(t *testing.T) {
	kinds := []auth.MailKind{
		auth.MailConfirm, auth.MailReset, auth.MailNewPass, auth.MailChanged, auth.MailBack,
	}
	subjects := map[string]string{}
	for _, language := range auth.Language("").Values() {
		for _, kind := range kinds {
			for _, path := range []string{"", "/page#TOKEN"} {
				m, err := notify.AccountMessage(auth.AccountMail{
					ID: "1", Kind: kind, To: "jane@mail.example", Username: `jane<b>`, Language: language, Path: path,
				}, "https://tasks.example.com")
				if err != nil {
					t.Fatalf("%s in %s: %v", kind, language, err)
				}
				if !strings.Contains(m.Text, "jane<b>") || strings.Contains(m.HTML, "<b>") ||
					!strings.Contains(m.HTML, `<html lang="`+language+`">`) || strings.Contains(m.Text+m.HTML, "%") {
					t.Errorf("%s in %s: %s\n%s", kind, language, m.Text, m.HTML)
				}
				if path != "" && (!strings.Contains(m.Text, "https://tasks.example.com/page#TOKEN") ||
					!strings.Contains(m.HTML, `href="https://tasks.example.com/page#TOKEN"`)) {
					t.Errorf("%s in %s lacks its link: %s", kind, language, m.Text)
				}
				if other := subjects[m.Subject]; m.Subject == "" || other != "" && other != language+string(kind) {
					t.Errorf("%s in %s has the subject %q, as has %s", kind, language, m.Subject, other)
				}
				subjects[m.Subject] = language + string(kind)
			}
		}
	}
	m, err := notify.AccountMessage(auth.AccountMail{Kind: auth.MailReset, Language: "xx"}, "")
	if err != nil || m.Subject != "Set a new password" {
		t.Errorf("an unknown language: %q, %v", m.Subject, err)
	}
	if _, err := notify.AccountMessage(auth.AccountMail{Kind: "unknown"}, ""); err == nil {
		t.Error("an unknown kind has words")
	}
}
