/* Which distributions are installed, and which of them as they were locked?

   The directories of dependencies are listed once.  A RECORD is read and
   hashed when somebody asks for its distribution; those of distributions that
   the lock does not know, or knows in another version, are read at once, for
   they may claim what they like.

   Only policy_lock_state.c asks, under its mutex. */

#include "Python.h"
#include "pycore_distribution.h"  // _PyDistribution_Normalise()
#include "pycore_policy_lock_installed.h"
#include "pycore_policy_read.h"

#include <dirent.h>
#include <string.h>

#define INFO ".dist-info"
#define MAX_RECORD (32u << 20)

typedef _PyPolicyInstalledOne Installed;

#define UNREAD _PyPolicyInstalled_UNREAD
#define SAME _PyPolicyInstalled_SAME
#define CHANGED _PyPolicyInstalled_CHANGED

/* --- Directories --------------------------------------------------------- */

/* "NAME-VERSION.dist-info" in a root; false when memory is short. */
static bool
note(_PyPolicyInstalled *all, const char *root, const char *file, size_t stem,
     const _PyPolicyLockEntry *(*find)(const char *))
{
    char name[256];
    size_t dash = stem;
    while (dash > 0 && file[dash] != '-') {
        dash--;
    }
    if (!_PyDistribution_Normalise(file, dash, name, sizeof(name))) {
        return true;
    }
    Installed *items = PyMem_RawRealloc(all->items,
                                        (all->n + 1) * sizeof(Installed));
    if (items == NULL) {
        return false;
    }
    all->items = items;
    Installed *one = &items[all->n];
    *one = (Installed){
        .directory = _PyPolicyRead_Join(root, file),
        .name = _PyPolicyRead_Copy(name),
        .version = _PyPolicyRead_Copy(file + dash + 1),
        .root_len = strlen(root),
        .entry = find(name),
    };
    if (one->directory == NULL || one->name == NULL || one->version == NULL) {
        return false;             /* said */
    }
    one->version[stem - dash - 1] = '\0';
    for (char *p = one->version; *p != '\0'; p++) {
        *p = *p > ' ' && *p <= '~' ? *p : '?';      /* it is shown */
    }
    all->n++;
    return true;
}

int
_PyPolicyInstalled_Add(_PyPolicyInstalled *all, const char *root,
                       const _PyPolicyLockEntry *(*find)(const char *))
{
    struct dirent *found;
    bool fine = true;
    DIR *dir = opendir(root);
    if (dir == NULL) {
        return errno == ENOMEM ? -1 : 0;
    }
    while (fine && (found = readdir(dir)) != NULL) {
        size_t len = strlen(found->d_name), suffix = sizeof(INFO) - 1;
        if (len > suffix
            && strcmp(found->d_name + len - suffix, INFO) == 0)
        {
            fine = note(all, root, found->d_name, len - suffix, find);
        }
    }
    closedir(dir);
    return fine ? 0 : -1;
}

/* --- RECORDs ------------------------------------------------------------- */

/* 1: its text is there. */
static int
read_text(Installed *one)
{
    _PyPolicyFile file;
    if (one->text != NULL) {
        return 1;
    }
    char *path = _PyPolicyRead_Join(one->directory, "RECORD");
    int there = path ? _PyPolicyRead_File(path, MAX_RECORD, &file) : -1;
    PyMem_RawFree(path);
    if (there > 0) {
        one->text = file.text;
        one->len = file.len;
    }
    return there;
}

static bool
in_same_root(const Installed *a, const Installed *b)
{
    return a->root_len == b->root_len
           && strncmp(a->directory, b->directory, a->root_len + 1) == 0;
}

/* Installed twice in one place is not what was locked, either. */
static bool
is_alone(const _PyPolicyInstalled *all, const Installed *one)
{
    for (size_t i = 0; i < all->n; i++) {
        const Installed *other = &all->items[i];
        if (other != one && strcmp(other->name, one->name) == 0
            && in_same_root(other, one))
        {
            return false;
        }
    }
    return true;
}

static _PyPolicyInstalledStatus
status_of(const _PyPolicyInstalled *all, Installed *one)
{
    char digest[_PyPolicyLock_DIGEST];
    if (one->status != UNREAD) {
        return one->status;
    }
    one->status = CHANGED;
    if (one->entry == NULL || one->entry->record == NULL || !is_alone(all, one)
        || read_text(one) <= 0
        || _PyPolicyLock_ReadRecord(one->text, one->len, &one->record) < 0)
    {
        return CHANGED;
    }
    if (_PyPolicyLock_Digest(&one->record, digest) == 0
        && strcmp(digest, one->entry->record) == 0)
    {
        one->status = SAME;
    }
    return one->status;
}

void
_PyPolicyInstalled_ReadOthers(_PyPolicyInstalled *all)
{
    for (size_t i = 0; i < all->n; i++) {
        Installed *one = &all->items[i];
        if (one->entry == NULL) {
            (void)read_text(one);
        }
        else if (strcmp(one->version, one->entry->version) != 0) {
            (void)status_of(all, one);
        }
    }
}

Installed *
_PyPolicyInstalled_Find(_PyPolicyInstalled *all,
                        const _PyPolicyLockEntry *entry, const char *root,
                        size_t root_len)
{
    Installed *found = NULL;
    for (size_t i = 0; i < all->n; i++) {
        Installed *one = &all->items[i];
        if (one->entry != entry || (root != NULL
            && (one->root_len != root_len
                || memcmp(one->directory, root, root_len) != 0)))
        {
            continue;
        }
        found = one;
        if (status_of(all, one) == SAME) {
            break;
        }
    }
    return found;
}

const Installed *
_PyPolicyInstalled_Named(const _PyPolicyInstalled *all, const char *name)
{
    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(all->items[i].name, name) == 0) {
            return &all->items[i];
        }
    }
    return NULL;
}

/* Does a RECORD's text have a line for the path? */
static bool
mentions(const Installed *one, const char *path)
{
    size_t n = strlen(path);
    const char *p = one->text;
    while (p != NULL && (p = strstr(p, path)) != NULL) {
        if ((p == one->text || p[-1] == '\n' || p[-1] == '"')
            && (p[n] == ',' || p[n] == '"'))
        {
            return true;
        }
        p += n;
    }
    return false;
}

bool
_PyPolicyInstalled_IsClaimed(const _PyPolicyInstalled *all,
                             const Installed *owner, const char *path)
{
    const _PyPolicyLockNames *contested = &owner->entry->contested;
    for (uint32_t i = 0; i < contested->n; i++) {
        if (strcmp(contested->names[i], path) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < all->n; i++) {
        const Installed *one = &all->items[i];
        if (one != owner && one->status != SAME && one->text != NULL
            && in_same_root(one, owner) && mentions(one, path))
        {
            return true;
        }
    }
    return false;
}
