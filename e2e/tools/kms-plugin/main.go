// Command kms-plugin is a KMS v2 plug-in for the tests: it serves on the socket that its only argument names, and holds
// one key of AES-GCM that is made when it starts and goes with it.
package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"time"

	"k8s.io/kms/pkg/service"
)

// keyID names the key. It is stored in front of each value, and changes where a real key store changes its key.
const keyID = "1"

type plugin struct{ seal cipher.AEAD }

func main() {
	if len(os.Args) != 2 {
		fail(errors.New("usage: kms-plugin SOCKET"))
	}
	key := make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		fail(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		fail(err)
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		fail(err)
	}
	fail(service.NewGRPCService(os.Args[1], 5*time.Second, plugin{seal}).ListenAndServe())
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func (p plugin) Status(context.Context) (*service.StatusResponse, error) {
	return &service.StatusResponse{Version: "v2", Healthz: "ok", KeyID: keyID}, nil
}

func (p plugin) Encrypt(_ context.Context, _ string, data []byte) (*service.EncryptResponse, error) {
	nonce := make([]byte, p.seal.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return &service.EncryptResponse{Ciphertext: p.seal.Seal(nonce, nonce, data, nil), KeyID: keyID}, nil
}

func (p plugin) Decrypt(_ context.Context, _ string, req *service.DecryptRequest) ([]byte, error) {
	size := p.seal.NonceSize()
	if req.KeyID != keyID || len(req.Ciphertext) < size {
		return nil, errors.New("encrypted by something else")
	}
	return p.seal.Open(nil, req.Ciphertext[:size], req.Ciphertext[size:], nil)
}
