package notify

import "github.com/taskhouse/taskhouse/internal/auth"

// accountWords are the words of a mail to an account. %[1]s is the username, and %[2]s the instant of the cause.
type accountWords struct {
	subject, lead string
	action        string // the name of the link; the mail may have none
	note          string
	noteNoLink    string // instead of note if the mail has no link; "" if note serves both
}

// hello is the salutation by language.
var hello = map[string]string{"en": "Hello %s,", "de": "Guten Tag %s,", "fr": "Bonjour %s,"}

// wordsOfAccountMails has every kind of mail in every language. A test compares the keys.
var wordsOfAccountMails = map[string]map[auth.MailKind]accountWords{
	"en": {
		auth.MailConfirm: {
			subject: "Confirm your e-mail address",
			lead:    "Please confirm that this is the e-mail address of the account “%[1]s”.",
			action:  "Confirm the address",
			note: "The link works once, within three days. If you do not know this account, ignore " +
				"this mail: the address is then not confirmed.",
		},
		auth.MailReset: {
			subject: "Set a new password",
			lead:    "A new password was requested for your account “%[1]s”.",
			action:  "Set a new password",
			note: "The link works once, within one hour. All your sessions end when you use it. If you " +
				"did not request it, ignore this mail: your password stays.",
		},
		auth.MailNewPass: {
			subject: "Your password was changed",
			lead: "A new password was set for your account “%[1]s” with a link, on %[2]s. All sessions " +
				"have ended.",
			note: "If this was not you, request a new password at once, and ask the people who run " +
				"this Taskhouse for help.",
		},
		auth.MailChanged: {
			subject: "The e-mail address of your account was changed",
			lead: "The account “%[1]s” has another e-mail address since %[2]s. This address cannot be " +
				"used to sign in any more, and gets no more mails.",
			action: "Cancel the change",
			note: "If you did this, there is nothing to do. If not, another person knows your " +
				"password: cancel the change within seven days, and set a new password.",
			noteNoLink: "If you did this, there is nothing to do. If not, another person knows your " +
				"password: sign in with your username, change the password, and set your address again. If " +
				"you cannot sign in, ask the people who run this Taskhouse.",
		},
		auth.MailBack: {
			subject: "The change of your e-mail address was cancelled",
			lead: "This is the e-mail address of the account “%[1]s” again, since %[2]s. All sessions " +
				"have ended, and the address is confirmed.",
			note: "If you have not set a new password yet, do so now: request one on the sign-in page.",
		},
	},
	"de": {
		auth.MailConfirm: {
			subject: "Bestätigen Sie Ihre E-Mail-Adresse",
			lead:    "Bitte bestätigen Sie, dass dies die E-Mail-Adresse des Kontos „%[1]s“ ist.",
			action:  "Adresse bestätigen",
			note: "Der Link gilt einmal, drei Tage lang. Wenn Sie dieses Konto nicht kennen, " +
				"ignorieren Sie diese E-Mail: Die Adresse ist dann nicht bestätigt.",
		},
		auth.MailReset: {
			subject: "Neues Passwort festlegen",
			lead:    "Für Ihr Konto „%[1]s“ wurde ein neues Passwort angefordert.",
			action:  "Neues Passwort festlegen",
			note: "Der Link gilt einmal, eine Stunde lang. Dabei enden alle Ihre Sitzungen. Wenn Sie " +
				"das nicht waren, ignorieren Sie diese E-Mail: Ihr Passwort bleibt, wie es ist.",
		},
		auth.MailNewPass: {
			subject: "Ihr Passwort wurde geändert",
			lead: "Für Ihr Konto „%[1]s“ wurde am %[2]s über einen Link ein neues Passwort festgelegt. " +
				"Alle Sitzungen sind beendet.",
			note: "Wenn Sie das nicht waren, fordern Sie sofort ein neues Passwort an, und bitten Sie " +
				"die Betreiber dieses Taskhouse um Hilfe.",
		},
		auth.MailChanged: {
			subject: "Die E-Mail-Adresse Ihres Kontos wurde geändert",
			lead: "Das Konto „%[1]s“ hat seit dem %[2]s eine andere E-Mail-Adresse. Mit dieser Adresse " +
				"kann man sich nicht mehr anmelden, und sie bekommt keine E-Mails mehr.",
			action: "Änderung rückgängig machen",
			note: "Wenn Sie das waren, ist nichts zu tun. Wenn nicht, kennt jemand Ihr Passwort: " +
				"Machen Sie die Änderung innerhalb von sieben Tagen rückgängig, und legen Sie ein neues " +
				"Passwort fest.",
			noteNoLink: "Wenn Sie das waren, ist nichts zu tun. Wenn nicht, kennt jemand Ihr Passwort: " +
				"Melden Sie sich mit Ihrem Benutzernamen an, ändern Sie das Passwort, und tragen Sie Ihre " +
				"Adresse wieder ein. Wenn das nicht geht, fragen Sie die Betreiber dieses Taskhouse.",
		},
		auth.MailBack: {
			subject: "Die Änderung Ihrer E-Mail-Adresse wurde rückgängig gemacht",
			lead: "Dies ist seit dem %[2]s wieder die E-Mail-Adresse des Kontos „%[1]s“. Alle " +
				"Sitzungen sind beendet, und die Adresse ist bestätigt.",
			note: "Wenn Sie noch kein neues Passwort festgelegt haben, tun Sie es jetzt: Fordern Sie " +
				"es auf der Anmeldeseite an.",
		},
	},
	"fr": {
		auth.MailConfirm: {
			subject: "Confirmez votre adresse e-mail",
			lead:    "Veuillez confirmer que ceci est l’adresse e-mail du compte « %[1]s ».",
			action:  "Confirmer l’adresse",
			note: "Le lien fonctionne une seule fois, pendant trois jours. Si vous ne connaissez pas " +
				"ce compte, ignorez cet e-mail : l’adresse n’est alors pas confirmée.",
		},
		auth.MailReset: {
			subject: "Définir un nouveau mot de passe",
			lead:    "Un nouveau mot de passe a été demandé pour votre compte « %[1]s ».",
			action:  "Définir un nouveau mot de passe",
			note: "Le lien fonctionne une seule fois, pendant une heure. Toutes vos sessions prennent " +
				"alors fin. Si vous ne l’avez pas demandé, ignorez cet e-mail : votre mot de passe reste le " +
				"même.",
		},
		auth.MailNewPass: {
			subject: "Votre mot de passe a été modifié",
			lead: "Un nouveau mot de passe a été défini par un lien pour votre compte « %[1]s », le " +
				"%[2]s. Toutes les sessions ont pris fin.",
			note: "Si ce n’était pas vous, demandez tout de suite un nouveau mot de passe, et l’aide " +
				"des personnes qui gèrent ce Taskhouse.",
		},
		auth.MailChanged: {
			subject: "L’adresse e-mail de votre compte a été modifiée",
			lead: "Le compte « %[1]s » a une autre adresse e-mail depuis le %[2]s. Cette adresse ne " +
				"permet plus de se connecter et ne reçoit plus d’e-mails.",
			action: "Annuler la modification",
			note: "Si c’était vous, il n’y a rien à faire. Sinon, une autre personne connaît votre mot " +
				"de passe : annulez la modification dans les sept jours, et définissez un nouveau mot de " +
				"passe.",
			noteNoLink: "Si c’était vous, il n’y a rien à faire. Sinon, une autre personne connaît votre mot " +
				"de passe : connectez-vous avec votre nom d’utilisateur, modifiez le mot de passe et " +
				"rétablissez votre adresse. Si vous ne pouvez pas vous connecter, demandez aux personnes qui " +
				"gèrent ce Taskhouse.",
		},
		auth.MailBack: {
			subject: "La modification de votre adresse e-mail a été annulée",
			lead: "Ceci est de nouveau l’adresse e-mail du compte « %[1]s », depuis le %[2]s. Toutes " +
				"les sessions ont pris fin, et l’adresse est confirmée.",
			note: "Si vous n’avez pas encore défini de nouveau mot de passe, faites-le maintenant : " +
				"demandez-le sur la page de connexion.",
		},
	},
}
