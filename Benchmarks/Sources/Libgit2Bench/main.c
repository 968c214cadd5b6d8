// The same work through libgit2:
//   Libgit2Bench read-all REPOSITORY          every object, by ID order of the database
//   Libgit2Bench get REPOSITORY KEYS COUNT    COUNT random reads of keys of the store's benchmark layout
#include <git2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int status, const char *what) {
  if (status >= 0) return;
  const git_error *error = git_error_last();
  fprintf(stderr, "%s: %s\n", what, error ? error->message : "failed");
  exit(1);
}

static uint64_t total;

static int read_one(const git_oid *id, void *odb) {
  git_odb_object *object;
  check(git_odb_read(&object, odb, id), "read");
  total += git_odb_object_size(object);
  git_odb_object_free(object);
  return 0;
}

// SplitMix64, the same sequence as the other program's.
static uint64_t state = 1;
static uint64_t next(void) {
  state += 0x9E3779B97F4A7C15ull;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  git_libgit2_init();
  git_repository *repository;
  check(git_repository_open(&repository, argv[2]), "open");
  if (!strcmp(argv[1], "read-all")) {
    git_odb *odb;
    check(git_repository_odb(&odb, repository), "odb");
    check(git_odb_foreach(odb, read_one, odb), "foreach");
  } else {
    uint64_t keys = strtoull(argv[3], NULL, 10), count = strtoull(argv[4], NULL, 10);
    git_object *root;
    check(git_revparse_single(&root, repository, "refs/heads/main^{tree}"), "root");
    for (uint64_t i = 0; i < count; i++) {
      uint64_t key = next() % keys;
      char path[64];
      snprintf(path, sizeof path, "d%03llu/k%06llu", (unsigned long long)(key % 256),
               (unsigned long long)key);
      git_tree_entry *entry;
      check(git_tree_entry_bypath(&entry, (git_tree *)root, path), "path");
      git_blob *blob;
      check(git_blob_lookup(&blob, repository, git_tree_entry_id(entry)), "blob");
      total += git_blob_rawsize(blob);
      git_blob_free(blob);
      git_tree_entry_free(entry);
    }
    git_object_free(root);
  }
  printf("%llu\n", (unsigned long long)total);
  git_repository_free(repository);
  git_libgit2_shutdown();
  return 0;
}
