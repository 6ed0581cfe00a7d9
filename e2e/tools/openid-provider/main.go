// An OpenID provider: the one of zitadel/oidc, which the OpenID Foundation certified, with the storage and the login page of
// its example. Ours are the people with their groups, clients whose addresses may have any port, and keys that change.
//
//	openid-provider PORT PEOPLE
//
// PEOPLE is a file of JSON: an object of people by their subject. `POST /keys?algorithm=ES256` signs with a new key from then
// on, and forgets the one before.
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"sync"

	jose "github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

type person struct {
	storage.User
	Groups []string
}

type people map[string]*person

func (all people) GetUserByID(id string) *storage.User {
	if one, ok := all[id]; ok {
		one.User.ID = id
		return &one.User
	}
	return nil
}

func (all people) GetUserByUsername(name string) *storage.User {
	for id, one := range all {
		if one.Username == name {
			return all.GetUserByID(id)
		}
	}
	return nil
}

func (people) ExampleClientID() string { return "nobody" }

// key is both what is signed with and what is published.
type key struct {
	id        string
	algorithm jose.SignatureAlgorithm
	private   crypto.Signer
}

type private struct{ key }
type public struct{ key }

func (k key) ID() string                                  { return k.id }
func (k key) SignatureAlgorithm() jose.SignatureAlgorithm { return k.algorithm }
func (k key) Algorithm() jose.SignatureAlgorithm          { return k.algorithm }
func (k key) Use() string                                 { return "sig" }
func (k private) Key() any                                { return k.key.private }
func (k public) Key() any                                 { return k.key.private.Public() }

func newKey(algorithm string) (key, error) {
	made := key{id: uuid.NewString(), algorithm: jose.SignatureAlgorithm(algorithm)}
	var err error
	switch made.algorithm {
	case jose.ES256:
		made.private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case jose.ES384:
		made.private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case jose.EdDSA:
		_, made.private, err = ed25519.GenerateKey(rand.Reader)
	case jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512:
		made.private, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		err = fmt.Errorf("no such algorithm: %s", algorithm)
	}
	return made, err
}

type provider struct {
	*storage.Storage
	people people
	lock   sync.Mutex
	now    key
}

func (p *provider) key() key {
	p.lock.Lock()
	defer p.lock.Unlock()
	return p.now
}

func (p *provider) SigningKey(context.Context) (op.SigningKey, error) { return private{p.key()}, nil }

func (p *provider) SignatureAlgorithms(context.Context) ([]jose.SignatureAlgorithm, error) {
	return []jose.SignatureAlgorithm{p.key().algorithm}, nil
}

func (p *provider) KeySet(context.Context) ([]op.Key, error) { return []op.Key{public{p.key()}}, nil }

// SetUserinfoFromRequest fills an ID token. The client `plain` finds groups where the standard puts them: at the userinfo endpoint.
func (p *provider) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, token op.IDTokenRequest, scopes []string) error {
	if err := p.Storage.SetUserinfoFromRequest(ctx, info, token, scopes); err != nil {
		return err
	}
	if token.GetClientID() != "plain" {
		p.groups(info, token.GetSubject())
	}
	return nil
}

func (p *provider) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, id, subject, origin string) error {
	if err := p.Storage.SetUserinfoFromToken(ctx, info, id, subject, origin); err != nil {
		return err
	}
	p.groups(info, subject)
	return nil
}

func (p *provider) groups(info *oidc.UserInfo, subject string) {
	if one, ok := p.people[subject]; ok && one.Groups != nil {
		info.AppendClaims("groups", one.Groups)
	}
}

type client struct {
	op.Client
	assert bool
}

func (client) DevMode() bool          { return true }
func (client) RedirectURIs() []string { return nil }
func (client) RedirectURIGlobs() []string {
	return []string{"http://127.0.0.1:*/sign-in/oidc/callback"}
}
func (client) PostLogoutRedirectURIs() []string       { return nil }
func (client) PostLogoutRedirectURIGlobs() []string   { return []string{"http://127.0.0.1:*/sign-in"} }
func (c client) IDTokenUserinfoClaimsAssertion() bool { return c.assert }

func (p *provider) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	known, err := p.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return client{known, id != "plain"}, nil
}

func run() error {
	if len(os.Args) != 3 {
		return fmt.Errorf("usage: openid-provider PORT PEOPLE")
	}
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		return err
	}
	all := people{}
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	address := "127.0.0.1:" + os.Args[1]
	storage.RegisterClients(storage.NativeClient("plain"), storage.WebClient("hub", os.Getenv("CLIENT_SECRET")))
	first, err := newKey("RS256")
	if err != nil {
		return err
	}
	of := &provider{Storage: storage.NewStorage(all), people: all, now: first}
	quiet := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	router := exampleop.SetupServer("http://"+address, of, quiet, false)
	router.Post("/keys", func(w http.ResponseWriter, asked *http.Request) {
		next, err := newKey(asked.FormValue("algorithm"))
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		of.lock.Lock()
		of.now = next
		of.lock.Unlock()
	})
	return http.ListenAndServe(address, router)
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
