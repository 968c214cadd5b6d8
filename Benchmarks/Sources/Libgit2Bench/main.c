// The same work through libgit2:
//   Libgit2Bench read-all REPOSITORY          every object, by ID order of the database
//   Libgit2Bench headers REPOSITORY           kind and size of every object, in that order
//   Libgit2Bench read-listed REPOSITORY       every object that standard input names, in that order
//   Libgit2Bench pack REPOSITORY THREADS      a pack of all that references reach, its size
//   Libgit2Bench get REPOSITORY KEYS COUNT    COUNT random reads of keys of the store's benchmark layout
//   Libgit2Bench walk REPOSITORY              the number of commits that references reach
//   Libgit2Bench merge-base REPOSITORY A B    the best common ancestor of two commits
//   Libgit2Bench diff REPOSITORY OLD NEW      the patch between two blobs, its size
//   Libgit2Bench blame REPOSITORY COMMIT FILE the number of runs of lines of one origin
//   Libgit2Bench index-pack PACK DIRECTORY    indexes a pack, and copies it to DIRECTORY
//   Libgit2Bench hash-file FILE COUNT         the name of a file's blob, COUNT times
//   Libgit2Bench write REPOSITORY KEYS COUNT FSYNC [wide]   COUNT commits of one key each on main
//   Libgit2Bench hash BYTES COUNT             the names of COUNT blobs of BYTES bytes
#include <git2.h>
#include <git2/indexer.h>
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

static int read_header(const git_oid *id, void *odb) {
  size_t size;
  git_object_t type;
  check(git_odb_read_header(&size, &type, odb, id), "header");
  total += size;
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

static void read_all(git_repository *repository, git_odb_foreach_cb body) {
  git_odb *odb;
  check(git_repository_odb(&odb, repository), "odb");
  check(git_odb_foreach(odb, body, odb), "foreach");
  git_odb_free(odb);
}

static void read_listed(git_repository *repository) {
  git_odb *odb;
  check(git_repository_odb(&odb, repository), "odb");
  char line[128];
  while (fgets(line, sizeof line, stdin)) {
    git_oid id;
    check(git_oid_fromstrn(&id, line, strcspn(line, " \n")), "id");
    read_one(&id, odb);
  }
  git_odb_free(odb);
}

static int count_bytes(void *bytes, size_t size, void *payload) {
  (void)bytes;
  (void)payload;
  total += size;
  return 0;
}

static void pack(git_repository *repository, unsigned threads) {
  git_revwalk *walk;
  check(git_revwalk_new(&walk, repository), "walk");
  check(git_revwalk_push_glob(walk, "refs/*"), "push");
  git_packbuilder *builder;
  check(git_packbuilder_new(&builder, repository), "builder");
  git_packbuilder_set_threads(builder, threads);
  check(git_packbuilder_insert_walk(builder, walk), "insert");
  check(git_packbuilder_foreach(builder, count_bytes, NULL), "pack");
  git_packbuilder_free(builder);
  git_revwalk_free(walk);
}

static void get(git_repository *repository, uint64_t keys, uint64_t count) {
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

static void walk(git_repository *repository) {
  git_revwalk *walk;
  check(git_revwalk_new(&walk, repository), "walk");
  check(git_revwalk_push_glob(walk, "refs/*"), "push");
  git_oid id;
  while (git_revwalk_next(&id, walk) == 0) total++;
  git_revwalk_free(walk);
}

static void merge_base(git_repository *repository, const char *one, const char *two) {
  git_oid first, second, base;
  check(git_oid_fromstr(&first, one), "first");
  check(git_oid_fromstr(&second, two), "second");
  check(git_merge_base(&base, repository, &first, &second), "merge base");
  total = base.id[0];
}

static void index_pack(const char *pack, const char *directory) {
  git_indexer *indexer;
  git_indexer_progress progress = {0};
  check(git_indexer_new(&indexer, directory, 0, NULL, NULL), "indexer");
  FILE *file = fopen(pack, "rb");
  if (!file) exit(1);
  static char buffer[1 << 16];
  size_t count;
  while ((count = fread(buffer, 1, sizeof buffer, file)) > 0)
    check(git_indexer_append(indexer, buffer, count, &progress), "append");
  fclose(file);
  check(git_indexer_commit(indexer, &progress), "commit");
  total = progress.indexed_objects;
  git_indexer_free(indexer);
}

static void hash_file(const char *path, uint64_t count) {
  for (uint64_t i = 0; i < count; i++) {
    git_oid id;
    check(git_odb_hashfile(&id, path, GIT_OBJECT_BLOB), "hash");
    total ^= id.id[0];
  }
}

static void hash(size_t bytes, uint64_t count) {
  unsigned char *body = malloc(bytes);
  for (size_t i = 0; i < bytes; i++) body[i] = (unsigned char)next();
  for (uint64_t i = 0; i < count; i++) {
    git_oid id;
    check(git_odb_hash(&id, body, bytes, GIT_OBJECT_BLOB), "hash");
    total ^= id.id[0];
  }
  free(body);
}

static void write_commits(git_repository *repository, uint64_t keys, uint64_t count, int wide) {
  git_signature *who;
  git_reference *branch;
  git_commit *parent;
  check(git_signature_new(&who, "Pando", "pando@localhost", 1700000000, 0), "signature");
  check(git_reference_lookup(&branch, repository, "refs/heads/main"), "branch");
  check(git_commit_lookup(&parent, repository, git_reference_target(branch)), "commit");
  git_reference_free(branch);
  for (uint64_t i = 0; i < count; i++) {
    char path[32], value[100], message[64];
    uint64_t key = next() % keys, word = next();
    for (int b = 0; b < 100; b++) value[b] = (char)((word >> (b % 8 * 8) & 0xFF) % 64 + 48);
    if (wide) snprintf(path, sizeof path, "wide/k%06d", (int)key);
    else snprintf(path, sizeof path, "d%03d/k%06d", (int)(key % 256), (int)key);
    snprintf(message, sizeof message, "Set %d by 0\n", (int)i);
    git_tree_update update = {GIT_TREE_UPDATE_UPSERT, {{0}}, GIT_FILEMODE_BLOB, path};
    check(git_blob_create_from_buffer(&update.id, repository, value, sizeof value), "blob");
    git_tree *base, *tree;
    git_oid root, id;
    check(git_commit_tree(&base, parent), "base");
    check(git_tree_create_updated(&root, repository, base, 1, &update), "tree");
    check(git_tree_lookup(&tree, repository, &root), "root");
    const git_commit *parents[] = {parent};
    check(git_commit_create(&id, repository, "refs/heads/main", who, who, NULL, message, tree, 1,
                            parents), "create");
    git_tree_free(tree);
    git_tree_free(base);
    git_commit_free(parent);
    check(git_commit_lookup(&parent, repository, &id), "new commit");
  }
  git_commit_free(parent);
  git_signature_free(who);
}

// Merges each pair of commits that standard input names, and writes the merged trees of those that
// are clean.
static void merge(git_repository *repository) {
  char one[GIT_OID_HEXSZ + 1], two[GIT_OID_HEXSZ + 1];
  while (scanf("%40s %40s", one, two) == 2) {
    git_oid id, tree;
    git_commit *ours, *theirs;
    git_index *index;
    check(git_oid_fromstr(&id, one), "name");
    check(git_commit_lookup(&ours, repository, &id), "our commit");
    check(git_oid_fromstr(&id, two), "name");
    check(git_commit_lookup(&theirs, repository, &id), "their commit");
    git_merge_options options = GIT_MERGE_OPTIONS_INIT;
    check(git_merge_commits(&index, repository, ours, theirs, &options), "merge");
    if (!git_index_has_conflicts(index)) {
      check(git_index_write_tree_to(&tree, index, repository), "tree");
      total++;
    }
    git_index_free(index);
    git_commit_free(ours);
    git_commit_free(theirs);
  }
}

static void diff(git_repository *repository, const char *one, const char *two) {
  git_oid id;
  git_blob *old, *new;
  git_patch *patch;
  git_buf text = GIT_BUF_INIT;
  check(git_oid_fromstr(&id, one), "name");
  check(git_blob_lookup(&old, repository, &id), "old blob");
  check(git_oid_fromstr(&id, two), "name");
  check(git_blob_lookup(&new, repository, &id), "new blob");
  check(git_patch_from_blobs(&patch, old, "a", new, "b", NULL), "diff");
  check(git_patch_to_buf(&text, patch), "patch");
  total += text.size;
  git_buf_dispose(&text);
  git_patch_free(patch);
  git_blob_free(old);
  git_blob_free(new);
}

static void blame(git_repository *repository, const char *commit, const char *file) {
  git_blame *blame;
  git_blame_options options = GIT_BLAME_OPTIONS_INIT;
  check(git_oid_fromstr(&options.newest_commit, commit), "name");
  check(git_blame_file(&blame, repository, file, &options), "blame");
  total += git_blame_get_hunk_count(blame);
  git_blame_free(blame);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const char *verb = argv[1];
  git_libgit2_init();
  if (!strcmp(verb, "hash") && argc == 4) {
    hash(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
  } else if (!strcmp(verb, "hash-file") && argc == 4) {
    hash_file(argv[2], strtoull(argv[3], NULL, 10));
  } else if (!strcmp(verb, "index-pack") && argc == 4) {
    index_pack(argv[2], argv[3]);
  } else {
    git_repository *repository;
    check(git_repository_open(&repository, argv[2]), "open");
    if (!strcmp(verb, "read-all")) read_all(repository, read_one);
    else if (!strcmp(verb, "headers")) read_all(repository, read_header);
    else if (!strcmp(verb, "read-listed")) read_listed(repository);
    else if (!strcmp(verb, "pack") && argc == 4) pack(repository, atoi(argv[3]));
    else if (!strcmp(verb, "walk")) walk(repository);
    else if (!strcmp(verb, "merge-base") && argc == 5) merge_base(repository, argv[3], argv[4]);
    else if (!strcmp(verb, "merge")) merge(repository);
    else if (!strcmp(verb, "diff") && argc == 5) diff(repository, argv[3], argv[4]);
    else if (!strcmp(verb, "blame") && argc == 5) blame(repository, argv[3], argv[4]);
    else if (!strcmp(verb, "get") && argc == 5)
      get(repository, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
    else if (!strcmp(verb, "write") && argc >= 6) {
      git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, atoi(argv[5]));
      write_commits(repository, strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10),
                    argc > 6);
    } else return 2;
    git_repository_free(repository);
  }
  printf("%llu\n", (unsigned long long)total);
  git_libgit2_shutdown();
  return 0;
}
