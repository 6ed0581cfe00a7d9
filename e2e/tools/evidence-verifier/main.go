// Command evidence-verifier checks a bundle of evidence without any of Cloister's code: the tree, its tiles and its signed
// notes by golang.org/x/mod/sumdb, the rest by Go's own library. It is written from the bundle's README.
//
//	evidence-verifier BUNDLE KEY-FILE [OLDER-HEAD]
package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type bundle struct {
	root string
	key  note.Verifier
	tree tlog.Tree
}

type opening struct {
	Entry  int64  `json:"entry"`
	Salt   string `json:"salt"`
	Key    string `json:"key"`
	Erased bool   `json:"erased"`
	Packed bool   `json:"packed"`
}

type record struct {
	Version    int    `json:"v"`
	Kind       string `json:"kind"`
	Time       string `json:"time"`
	Commitment string `json:"commitment"`
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "evidence-verifier BUNDLE KEY-FILE [OLDER-HEAD]")
		os.Exit(2)
	}
	said, err := check(os.Args[1], os.Args[2], os.Args[3:])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(said)
}

func check(root, keyFile string, older []string) (string, error) {
	text, err := os.ReadFile(keyFile)
	if err != nil {
		return "", err
	}
	key, err := note.NewVerifier(strings.TrimSpace(string(text)))
	if err != nil {
		return "", err
	}
	b := &bundle{root: root, key: key}
	if err := b.manifest(); err != nil {
		return "", fmt.Errorf("manifest: %w", err)
	}
	if b.tree, err = b.head(filepath.Join(root, "log/checkpoint")); err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	hashes := tlog.TileHashReader(b.tree, b)
	for _, file := range older {
		if err := b.goesOn(file, hashes); err != nil {
			return "", fmt.Errorf("%s: %w", file, err)
		}
	}
	entries, err := b.entries(hashes)
	if err != nil {
		return "", err
	}
	payloads, erased, err := b.payloads(entries)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d of %d entries, %d payloads, %d erased", len(entries), b.tree.N, payloads, erased), nil
}

func (b *bundle) head(file string) (tlog.Tree, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := note.Open(text, note.VerifierList(b.key))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[0] != b.key.Name() {
		return tlog.Tree{}, errors.New("not a head of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	hash, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: hash}, err
}

// Height makes it a tlog.TileReader.
func (b *bundle) Height() int { return 8 }

// SaveTiles keeps nothing: everything is on disk.
func (b *bundle) SaveTiles([]tlog.Tile, [][]byte) {}

// ReadTiles reads tiles by their names in C2SP tlog-tiles, which say no height.
func (b *bundle) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range tiles {
		name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		bytes, err := os.ReadFile(filepath.Join(b.root, "log", name))
		if err != nil {
			return nil, err
		}
		data = append(data, bytes)
	}
	return data, nil
}

func (b *bundle) goesOn(file string, hashes tlog.HashReader) error {
	older, err := b.head(file)
	if err != nil {
		return err
	}
	proof, err := tlog.ProveTree(b.tree.N, older.N, hashes)
	if err != nil {
		return err
	}
	return tlog.CheckTree(proof, b.tree.N, b.tree.Hash, older.N, older.Hash)
}

var bundleName = regexp.MustCompile(`^(?:x\d{3}/)*\d{3}(?:\.p/\d+)?$`)

// entries reads every bundle of entries, and proves each of them to be in the tree.
func (b *bundle) entries(hashes tlog.HashReader) (map[int64]record, error) {
	found := map[int64]record{}
	folder := filepath.Join(b.root, "log/tile/entries")
	err := filepath.WalkDir(folder, func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		if !bundleName.MatchString(name) {
			return fmt.Errorf("%s is no bundle of entries", name)
		}
		number, _, _ := strings.Cut(name, ".p/")
		index := int64(0)
		for _, part := range strings.Split(number, "/") {
			digits, err := strconv.ParseInt(strings.TrimPrefix(part, "x"), 10, 64)
			if err != nil {
				return err
			}
			index = index*1000 + digits
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return b.bundle(index*256, data, hashes, found)
	})
	return found, err
}

func (b *bundle) bundle(index int64, data []byte, hashes tlog.HashReader, found map[int64]record) error {
	for ; len(data) > 0; index++ {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return fmt.Errorf("entry %d is cut", index)
		}
		length := int(binary.BigEndian.Uint16(data))
		entry := data[2 : 2+length]
		data = data[2+length:]
		proof, err := tlog.ProveRecord(b.tree.N, index, hashes)
		if err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		if err := tlog.CheckRecord(proof, b.tree.N, b.tree.Hash, index, tlog.RecordHash(entry)); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		var said record
		if err := json.Unmarshal(entry, &said); err != nil {
			return fmt.Errorf("entry %d: %w", index, err)
		}
		found[index] = said
	}
	return nil
}

// payloads opens each commitment whose payload is there, and finds an erasure for each that is not.
func (b *bundle) payloads(entries map[int64]record) (payloads, erased int, err error) {
	text, err := os.ReadFile(filepath.Join(b.root, "log/openings.jsonl"))
	if err != nil {
		return 0, 0, err
	}
	var runs [][2]int64
	var gone []int64
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if line == "" {
			continue
		}
		var one opening
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			return 0, 0, err
		}
		if one.Erased {
			gone = append(gone, one.Entry)
			continue
		}
		content, err := os.ReadFile(filepath.Join(b.root, fmt.Sprintf("entries/%06d.json", one.Entry)))
		if err != nil {
			return 0, 0, err
		}
		text := content
		if one.Packed {
			if text, err = b.packed(one.Entry, content); err != nil {
				return 0, 0, err
			}
		}
		kept, err := kept(one, text)
		if err != nil {
			return 0, 0, fmt.Errorf("entry %d: %w", one.Entry, err)
		}
		salt, err := base64.StdEncoding.DecodeString(one.Salt)
		if err != nil {
			return 0, 0, err
		}
		sum := sha256.Sum256(bytes.Join([][]byte{[]byte("cloister.dev/evidence/commitment/v1\n"), salt, kept}, nil))
		said, is := entries[one.Entry]
		if !is || base64.StdEncoding.EncodeToString(sum[:]) != said.Commitment {
			return 0, 0, fmt.Errorf("what entry %d says is not what was recorded", one.Entry)
		}
		if said.Kind == "erasure" {
			var erasure struct{ Entries [][2]int64 }
			if err := json.Unmarshal(content, &erasure); err != nil {
				return 0, 0, err
			}
			runs = append(runs, erasure.Entries...)
		}
		payloads++
	}
	for _, index := range gone {
		if !within(runs, index) {
			return 0, 0, fmt.Errorf("no entry says that %d was erased", index)
		}
	}
	return payloads, len(gone), nil
}

func within(runs [][2]int64, index int64) bool {
	for _, run := range runs {
		if run[0] <= index && index <= run[1] {
			return true
		}
	}
	return false
}

// form is the byte before what is kept: plain (0) or encrypted (1), and two more where it is packed.
func form(one opening, sealed byte) byte {
	if one.Packed {
		return sealed + 2
	}
	return sealed
}

// packed gives the packed bytes of an entry, whose text must be the readable one.
func (b *bundle) packed(entry int64, content []byte) ([]byte, error) {
	packed, err := os.ReadFile(filepath.Join(b.root, fmt.Sprintf("log/packed/%06d.json.gz", entry)))
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(reader, 256<<20+1))
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(text, content) {
		return nil, fmt.Errorf("what is readable of entry %d is not what is packed", entry)
	}
	return packed, nil
}

func kept(one opening, content []byte) ([]byte, error) {
	if one.Key == "" {
		return append([]byte{form(one, 0)}, content...), nil
	}
	key, err := base64.StdEncoding.DecodeString(one.Key)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	check := sha256.Sum256(append([]byte("cloister.dev/evidence/key-check/v1\n"), key...))
	return gcm.Seal(append([]byte{form(one, 1)}, check[:]...), make([]byte, 12), content, nil), nil
}

// manifest checks that every file is as it was signed, and that no other is there.
func (b *bundle) manifest() error {
	text, err := os.ReadFile(filepath.Join(b.root, "manifest"))
	if err != nil {
		return err
	}
	signed, err := note.Open(text, note.VerifierList(b.key))
	if err != nil {
		return err
	}
	files := map[string]string{"manifest": ""}
	lines := bufio.NewScanner(strings.NewReader(signed.Text))
	for lines.Scan() {
		if rest, is := strings.CutPrefix(lines.Text(), "file "); is {
			hash, name, _ := strings.Cut(rest, " ")
			files[name] = hash
		}
	}
	return filepath.WalkDir(b.root, func(path string, file fs.DirEntry, err error) error {
		if err != nil || file.IsDir() {
			return err
		}
		name, err := filepath.Rel(b.root, path)
		if err != nil {
			return err
		}
		hash, is := files[name]
		if !is {
			return fmt.Errorf("%s was not exported", name)
		}
		if name == "manifest" {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != hash {
			return fmt.Errorf("%s was changed", name)
		}
		return nil
	})
}
