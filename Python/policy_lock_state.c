/* Is what is installed still what was locked, and is this file part of it?

   A lock pins, for each distribution, the digest of its RECORD, and the
   RECORD pins the files.  With a lock in force a principal has grants only
   while both hold:

     its distribution is locked     the name stands in the lock
     and has not changed            the installed RECORD has the locked digest
     the file is one of its own     that RECORD lists it with a hash, and
                                    nobody else claims it
     and is what it was             the loader compares the hash

   What fails one of the first two keeps its name and has no grants; what only
   lies in a package's directory is called by its path, and has none either.

   All of it is looked up when it is first needed.  The lock itself is parsed
   then, if it looks as the command writes it.  The directories of
   dependencies are listed once, to see which distributions are there: those
   that the lock does not know may claim what they like, so their RECORDs are
   read for claims.  Of a locked one the RECORD is read when the first of its
   files is loaded, or when it is first asked for: a program that imports ten
   of 150 distributions reads ten, and its start none.

   Where several locks are in force, each has to have it: what one of them
   does not list, or lists otherwise, is not locked.

   The state is made under a mutex and stays for the process; what has been
   found of a distribution does not change any more, so that an upgrade in
   place neither gives nor takes anything until the next start.  Asked by
   principal_file.c (files) and by the judgement (names). */

#include "Python.h"
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_lock_installed.h"
#include "pycore_policy_text.h"
#include "pycore_principal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool _PyPolicyLock_InForce = false;

/* A principal or .pth file, and whose it is. */
typedef struct {
    const char *name;
    const _PyPolicyLockEntry *entry;
} Name;

/* Why a path is not what its place says. */
typedef struct Stranger {
    struct Stranger *next;
    const char *why;
    char path[];
} Stranger;

static struct {
    PyMutex mutex;
    struct Lock {
        char *text;               /* until it is parsed */
        size_t len;
        _PyPolicyLock *lock;
    } *locks;
    size_t n_locks;
    bool parsed, begun, failed;
    _PyPolicyInstalled installed;
    Name *names;                  /* sorted */
    size_t n_names;
    Stranger *strangers;
} state;


/* --- Locks --------------------------------------------------------------- */

int
_PyPolicyLock_Add(char *text, size_t len, _PyPolicyJsonError *error)
{
    *error = (_PyPolicyJsonError){.code = "no-memory"};
    struct Lock one = {text, len, NULL}, *locks = PyMem_RawRealloc(
        state.locks, (state.n_locks + 1) * sizeof(*locks));
    if (locks == NULL) {
        return -1;
    }
    state.locks = locks;
    if (!_PyPolicyLock_IsAsWritten(text, len)) {
        one.lock = _PyPolicyLock_Parse(text, len, error);
        if (one.lock == NULL) {
            return -1;
        }
    }
    state.locks[state.n_locks++] = one;
    _PyPolicyLock_InForce = true;
    return 0;
}

/* What waited for that.  The mutex is held. */
static void
parse_all(void)
{
    _PyPolicyJsonError error;
    for (size_t i = 0; i < state.n_locks && !state.parsed; i++) {
        struct Lock *one = &state.locks[i];
        if (one->lock == NULL) {
            one->lock = _PyPolicyLock_Parse(one->text, one->len, &error);
        }
        state.failed |= one->lock == NULL;
        PyMem_RawFree(one->text);
        one->text = NULL;
    }
    state.parsed = true;
}

const _PyPolicyLock *
_PyPolicyLock_First(void)
{
    PyMutex_Lock(&state.mutex);
    parse_all();
    const _PyPolicyLock *lock = state.n_locks > 0 ? state.locks[0].lock
                                                  : NULL;
    PyMutex_Unlock(&state.mutex);
    return lock;
}

/* The entry, if every lock has it and says the same. */
static const _PyPolicyLockEntry *
agreed(const char *name)
{
    const _PyPolicyLockEntry *first = NULL;
    for (size_t i = 0; i < state.n_locks; i++) {
        const _PyPolicyLockEntry *entry =
            _PyPolicyLock_Find(state.locks[i].lock, name);
        if (i == 0) {
            first = entry;
        }
        if (entry == NULL
            || strcmp(entry->record ? entry->record : "",
                      first->record ? first->record : "") != 0)
        {
            return NULL;
        }
    }
    return first;
}

static int
by_name(const void *left, const void *right)
{
    return strcmp(((const Name *)left)->name, ((const Name *)right)->name);
}

/* Names that two distributions have are nobody's. */
static void
index_names(const _PyPolicyLockNames *names, const _PyPolicyLockEntry *entry)
{
    for (uint32_t i = 0; i < names->n; i++) {
        state.names[state.n_names++] = (Name){names->names[i], entry};
    }
}

static int
make_names(void)
{
    uint32_t n;
    const _PyPolicyLockEntry *entries =
        _PyPolicyLock_Entries(state.locks[0].lock, &n);
    size_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        count += (size_t)entries[i].packages.n + entries[i].pth.n;
    }
    state.names = PyMem_RawCalloc(count + 1, sizeof(Name));
    if (state.names == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < n; i++) {
        if (agreed(entries[i].name) != NULL) {
            index_names(&entries[i].packages, &entries[i]);
            index_names(&entries[i].pth, &entries[i]);
        }
    }
    qsort(state.names, state.n_names, sizeof(Name), by_name);
    return 0;
}

/* The entry that owns a principal; NULL when none does, or two. */
static const _PyPolicyLockEntry *
owner_of(const char *name)
{
    Name key = {.name = name};
    const Name *found = state.n_names == 0 ? NULL
        : bsearch(&key, state.names, state.n_names, sizeof(Name), by_name);
    if (found == NULL
        || (found > state.names && by_name(found, found - 1) == 0)
        || (found + 1 < state.names + state.n_names
            && by_name(found, found + 1) == 0))
    {
        return NULL;
    }
    return found->entry;
}


typedef _PyPolicyInstalledOne Installed;

static void
begin(void)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES, &roots);
    if (state.begun) {
        return;
    }
    state.begun = true;
    parse_all();
    state.failed = state.failed || make_names() < 0;
    for (size_t i = 0; i < n && !state.failed; i++) {
        state.failed = _PyPolicyInstalled_Add(&state.installed, roots[i],
                                              agreed) < 0;
    }
    _PyPolicyInstalled_ReadOthers(&state.installed);
}

static Installed *
find_installed(const _PyPolicyLockEntry *entry, const char *root,
               size_t root_len)
{
    return _PyPolicyInstalled_Find(&state.installed, entry, root, root_len);
}


/* --- Files --------------------------------------------------------------- */

static const char LISTED_NOWHERE[] =
    "no locked distribution's RECORD lists it with a hash";
static const char CONTESTED[] = "more than one distribution claims it";
static const char OTHER_RELEASE[] =
    "it is of another release than the locked one, which lies elsewhere";
static const char OTHER_CONTENT[] = "it is not what RECORD says";

static void
note_stranger(const char *path, const char *why)
{
    for (Stranger *s = state.strangers; s != NULL; s = s->next) {
        if (strcmp(s->path, path) == 0) {
            return;
        }
    }
    Stranger *s = PyMem_RawMalloc(sizeof(*s) + strlen(path) + 1);
    if (s != NULL) {
        *s = (Stranger){state.strangers, why};
        strcpy(s->path, path);
        state.strangers = s;
    }
}

/* NULL: it is the file that the RECORD lists. */
static const char *
find_wrong(const Installed *one, const char *path,
           char pin[_PyPolicyLock_PIN])
{
    int64_t size;
    struct stat st;
    const char *below = path + one->root_len + 1;
    if (!_PyPolicyLock_Row(&one->record, below, pin, &size)) {
        return LISTED_NOWHERE;
    }
    if (_PyPolicyInstalled_IsClaimed(&state.installed, one, below)) {
        return CONTESTED;
    }
    return size >= 0 && stat(path, &st) == 0 && st.st_size != (off_t)size
           ? OTHER_CONTENT : NULL;
}

static _PyPolicyLockJudgement
judge(const char *name, const char *path, size_t root_len,
      char pin[_PyPolicyLock_PIN])
{
    const _PyPolicyLockEntry *entry = owner_of(name);
    if (state.failed || entry == NULL) {
        return _PyPolicyLock_UNLOCKED;
    }
    if (entry->record == NULL) {
        /* What pip puts in the place of the package, and nothing else. */
        bool opener = strncmp(name, "__editable__", 12) == 0
                      || strstr(name, ".pth") != NULL;
        if (!opener) {
            note_stranger(path, LISTED_NOWHERE);
        }
        return opener ? _PyPolicyLock_LISTED : _PyPolicyLock_STRANGER;
    }
    Installed *one = find_installed(entry, path, root_len);
    const char *wrong = LISTED_NOWHERE;
    if (one != NULL && one->status == _PyPolicyInstalled_SAME) {
        wrong = find_wrong(one, path, pin);
    }
    else {
        Installed *any = find_installed(entry, NULL, 0);
        if (any == NULL || any->status != _PyPolicyInstalled_SAME) {
            return _PyPolicyLock_UNLOCKED;
        }
        wrong = one != NULL ? OTHER_RELEASE : LISTED_NOWHERE;
    }
    if (wrong == NULL) {
        return _PyPolicyLock_LISTED;
    }
    note_stranger(path, wrong);
    return _PyPolicyLock_STRANGER;
}

_PyPolicyLockJudgement
_PyPolicyLock_Judge(const char *name, const char *path, size_t root_len,
                    char pin[_PyPolicyLock_PIN])
{
    pin[0] = '\0';
    PyMutex_Lock(&state.mutex);
    begin();
    _PyPolicyLockJudgement result = judge(name, path, root_len, pin);
    PyMutex_Unlock(&state.mutex);
    return result;
}

void
_PyPolicyLock_NoteChanged(const char *path)
{
    PyMutex_Lock(&state.mutex);
    note_stranger(path, OTHER_CONTENT);
    PyMutex_Unlock(&state.mutex);
}


/* --- Names --------------------------------------------------------------- */

static const Stranger *
stranger_at(const char *path)
{
    const Stranger *s = state.strangers;
    while (s != NULL && strcmp(s->path, path) != 0) {
        s = s->next;
    }
    return s;
}

/* A path that leads below a root of dependencies: it only lies there. */
static bool
is_below_root(const char *path)
{
    const char *const *roots;
    size_t n = _PyPrincipal_Roots(_PyPrincipal_ROOT_DEPENDENCIES, &roots);
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(roots[i]);
        if (strncmp(path, roots[i], len) == 0
            && (path[len] == '/' || path[len] == '\0'))
        {
            return true;
        }
    }
    return false;
}

static bool
trusts(const char *name)
{
    const _PyPolicyLockEntry *entry = owner_of(name);
    if (state.failed || entry == NULL) {
        return false;
    }
    if (entry->record == NULL) {
        return true;
    }
    const Installed *one = find_installed(entry, NULL, 0);
    return one != NULL && one->status == _PyPolicyInstalled_SAME;
}

bool
_PyPolicyLock_DoesTrust(const char *principal)
{
    if (principal[0] == '/') {
        return !is_below_root(principal);
    }
    if (strcmp(principal, "__main__") == 0 || principal[0] == '*') {
        return true;
    }
    PyMutex_Lock(&state.mutex);
    begin();
    bool result = trusts(principal);
    PyMutex_Unlock(&state.mutex);
    return result;
}

/* Before anything is looked up: what lies elsewhere is asked for this. */
bool
_PyPolicyLock_AnyEditable(void)
{
    uint32_t n = 0;
    const _PyPolicyLock *lock = _PyPolicyLock_First();
    const _PyPolicyLockEntry *entries =
        lock != NULL ? _PyPolicyLock_Entries(lock, &n) : NULL;
    for (uint32_t i = 0; i < n; i++) {
        if (entries[i].record == NULL) {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyLock_IsEditable(const char *principal)
{
    PyMutex_Lock(&state.mutex);
    begin();
    const _PyPolicyLockEntry *entry = owner_of(principal);
    bool result = !state.failed && entry != NULL && entry->record == NULL;
    PyMutex_Unlock(&state.mutex);
    return result;
}

#define AGAIN "then `python -m importpolicy lock`"

static void
explain_changed(const _PyPolicyLockEntry *entry, char *text, size_t size)
{
    const Installed *one = _PyPolicyInstalled_Named(
        &state.installed, entry->name);
    if (one == NULL) {
        snprintf(text, size, "%s %s is locked, and not installed",
                 entry->name, entry->version);
    }
    else if (strcmp(one->version, entry->version) != 0) {
        snprintf(text, size, "%s %s is installed, %s is locked: review with "
                 "`python -m importpolicy diff --upgrade %s==%s..%s`, " AGAIN,
                 entry->name, one->version, entry->version, entry->name,
                 entry->version, one->version);
    }
    else {
        snprintf(text, size, "what RECORD says of %s %s is not what was "
                 "locked: see what has changed with `python -m importpolicy "
                 "lock --check`, " AGAIN, entry->name, entry->version);
    }
}

static void
explain(const char *name, char *text, size_t size)
{
    const _PyPolicyLockEntry *entry = owner_of(name);
    if (name[0] == '/') {
        const Stranger *s = stranger_at(name);
        snprintf(text, size, "%s; it is not locked, and has no grants",
                 s != NULL ? s->why : LISTED_NOWHERE);
    }
    else if (entry != NULL) {
        explain_changed(entry, text, size);
    }
    else {
        snprintf(text, size, "%s is not in the lock, so nothing that is "
                 "granted counts for it: review it, " AGAIN, name);
    }
}

bool
_PyPolicyLock_Why(const char *principal, char *text, size_t size)
{
    char quoted[256];
    if (_PyPolicyLock_Trusts(principal)) {
        return false;
    }
    const char *name = principal[0] == '/' ? principal
        : _PyPolicyText_Escape(quoted, sizeof(quoted), principal,
                               strlen(principal));
    PyMutex_Lock(&state.mutex);
    explain(name, text, size);
    PyMutex_Unlock(&state.mutex);
    return true;
}
