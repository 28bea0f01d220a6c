/* What has the program itself taken away since it began?

   Two things take away at run time: importpolicy.drop(), for the rest of the
   process, and importpolicy.permit(), for a block.  Both are written down as a
   note (see the header) and compiled to a small policy by the same loader that
   reads files, so they are matched, logged and told like any other; what is
   called its file and its line is the statement that took it away.

   A policy that was dropped to stands beside those that were found at start:
   policy_setup.c keeps them, and each must allow.  A permit is a principal:
   interned as a name, a member of acting sets, inherited with them by threads,
   tasks and children.  It covers an access when its own little policy does.
   Here is the table from those names to these policies.  It only grows, by
   one entry for each different note, and is read without a lock. */

#include "Python.h"
#include "pycore_lock.h"          // PyMutex
#include "pycore_policy_ancestor.h"
#include "pycore_policy_beyond.h"
#include "pycore_policy_narrow.h"
#include "pycore_policy_rule.h"
#include "pycore_policy_setup.h"
#include "pycore_policy_stack.h"
#include "pycore_principal.h"

#include <stdlib.h>
#include <string.h>

/* --- From a note to a policy --------------------------------------------- */

typedef struct {
    long line;
    const char *members;
    size_t len;
    const char *file;
} Note;

/* More lines than this are not written out to make the numbers right. */
#define MAX_LINE 10000000

static bool
read_note(const char *text, Note *note)
{
    const char *slash = strchr(text, '/');
    char *end;
    if (slash == NULL || slash[1] < '0' || slash[1] > '9') {
        return false;
    }
    note->line = strtol(slash + 1, &end, 10);
    const char *newline = *end == ' ' ? strchr(end, '\n') : NULL;
    if (newline == NULL || newline[1] == '\0') {
        return false;
    }
    note->members = end + 1;
    note->len = (size_t)(newline - note->members);
    note->file = newline + 1;
    if (note->line < 1 || note->line > MAX_LINE) {
        note->line = 1;
    }
    return true;
}

/* The members "$mode" and "$log" as those in force say, each with a comma
   before it; raw memory, NULL when it is short. */
static char *
settings(void)
{
    const _PyPolicy *const *policies;
    size_t n = _PyPolicySetup_Policies(&policies), size = 64;
    bool audit = n > 0, quiet = false;
    const char *log = NULL, *file = "";
    for (size_t i = 0; i < n; i++) {
        audit &= _PyPolicy_IsAudit(policies[i]);
        if (log == NULL && !quiet) {
            log = _PyPolicy_Log(policies[i], &quiet);
            file = _PyPolicy_LogFile(policies[i]);
        }
    }
    size += log ? 6 * (strlen(log) + strlen(file)) : 0;
    char *text = PyMem_RawMalloc(size), *end = text;
    if (text == NULL) {
        return NULL;
    }
    end += sprintf(end, "%s", audit ? ",\"$mode\":\"audit\"" : "");
    if (log == NULL) {
        sprintf(end, "%s", quiet ? ",\"$log\":false" : "");
        return text;
    }
    end += sprintf(end, ",\"$log\":\"");
    const char *slash = strrchr(file, '/');
    const char *parts[] = {slash && log[0] != '/' && strcmp(log, "-") != 0
                           ? file : "", log};
    for (int i = 0; i < 2; i++) {
        const char *stop = parts[i] == file && slash != NULL
                           ? slash + 1 : parts[i] + strlen(parts[i]);
        for (const char *p = parts[i]; p < stop; p++) {
            unsigned char c = (unsigned char)*p;
            end += sprintf(end, c < 0x20 || c == '"' || c == '\\'
                                ? "\\u%04x" : "%c", c);
        }
    }
    strcpy(end, "\"");
    return text;
}

/* How many notes with keys there are, each counted before it is in force. */
static int keys;

bool
_PyPolicyNarrow_HasKeys(void)
{
    return _Py_atomic_load_int_relaxed(&keys) != 0;
}

static void
set_error(_PyPolicyError *error, const char *code, const char *message)
{
    *error = (_PyPolicyError){.line = 1, .column = 1};
    strcpy(error->code, code);
    if (message != NULL) {
        error->message = PyMem_RawMalloc(strlen(message) + 1);
        if (error->message != NULL) {
            strcpy(error->message, message);
        }
    }
}

_PyPolicy *
_PyPolicyNarrow_Compile(const char *text, _PyPolicyError *error)
{
    Note note;
    if (!read_note(text, &note)) {
        set_error(error, "bad-note", "this is no note of what is taken");
        return NULL;
    }
    char *more = settings(), *json = NULL;
    _PyPolicy *policy = NULL;
    size_t lines = (size_t)note.line - 1;
    if (more != NULL) {
        json = PyMem_RawMalloc(lines + note.len + strlen(more) + 3);
    }
    if (json == NULL) {
        set_error(error, "no-memory", NULL);
        goto done;
    }
    memset(json, '\n', lines);
    char *end = json + lines;
    *end++ = '{';
    memcpy(end, note.members, note.len);
    end += note.len;
    strcpy(end, more);
    strcat(end, "}");
    policy = _PyPolicy_ParseNote(note.file, json, strlen(json), error);
    if (policy != NULL && _PyPolicy_CountRules(policy) > 0) {
        _Py_atomic_add_int(&keys, 1);
    }
done:
    PyMem_RawFree(more);
    PyMem_RawFree(json);
    return policy;
}

/* --- Whom does it take from? --------------------------------------------- */

static bool
has_entry(const _PyPolicy *policy, const char *principal)
{
    uint32_t first, n;
    const char *entry;
    for (uint32_t i = 0;
         (entry = _PyPolicy_EntryAt(policy, i, &first, &n)) != NULL; i++)
    {
        if (_PyPolicy_NameCovers(entry, principal)
            || (strcmp(entry, "*") == 0
                && strcmp(principal, "__main__") != 0))
        {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyNarrow_TakesFrom(const _PyPolicy *policy, const char *principal)
{
    size_t cursor = 0;
    const char *same = principal;
    while (same != NULL && !has_entry(policy, same)) {
        same = strcmp(principal, "__main__") == 0
               ? NULL : _PyPolicyAncestor_NextSame(principal, &cursor);
    }
    return same != NULL;
}

/* --- Permits ------------------------------------------------------------- */

typedef struct Permit {
    struct Permit *next;        /* in its bucket; older */
    uint32_t principal;
    const _PyPolicy *policy;
} Permit;

static struct {
    PyMutex mutex;              /* held by writers */
    Permit *buckets[256];
    uint32_t capabilities;
    int used;                   /* has there ever been one? */
    int with_keys;              /* how many have keys, each counted when it is
                                   in the table; */
    int known;                  /* and of how many the gate knows */
} permits;

const _PyPolicy *
_PyPolicyNarrow_PolicyOf(uint32_t principal)
{
    const Permit *p = _Py_atomic_load_ptr(&permits.buckets[principal % 256]);
    while (p != NULL && p->principal != principal) {
        p = p->next;
    }
    return p ? p->policy : NULL;
}

uint32_t
_PyPolicyNarrow_Capabilities(void)
{
    return _Py_atomic_load_uint32_relaxed(&permits.capabilities);
}

bool
_PyPolicyNarrow_HasNewKeys(void)
{
    return _Py_atomic_load_int(&permits.with_keys)
           != _Py_atomic_load_int(&permits.known);
}

void
_PyPolicyNarrow_KnowKeys(void)
{
    _Py_atomic_store_int(&permits.known,
                         _Py_atomic_load_int(&permits.with_keys));
}

bool
_PyPolicyNarrow_HasRule(const char *event)
{
    for (size_t i = 0;
         _PyPolicyNarrow_HasKeys() && i < Py_ARRAY_LENGTH(permits.buckets);
         i++)
    {
        const Permit *p = _Py_atomic_load_ptr(&permits.buckets[i]);
        for (; p != NULL; p = p->next) {
            const _PyPolicyRule *rule = _PyPolicyRule_OfEvent(p->policy,
                                                              event);
            if (rule != NULL && !rule->everyone) {
                return true;
            }
        }
    }
    return false;
}

/* The mutex is held. */
static int
add_permit(uint32_t principal, const char *note, _PyPolicyError *error)
{
    if (_PyPolicyNarrow_PolicyOf(principal) != NULL) {
        return 0;
    }
    _PyPolicy *policy = _PyPolicyNarrow_Compile(note, error);
    if (policy == NULL) {
        return -1;
    }
    Permit *p = PyMem_RawMalloc(sizeof(*p));
    if (p == NULL) {
        _PyPolicy_Free(policy);
        set_error(error, "no-memory", NULL);
        return -1;
    }
    Permit **bucket = &permits.buckets[principal % 256];
    *p = (Permit){*bucket, principal, policy};
    _Py_atomic_store_ptr(bucket, p);
    _Py_atomic_store_int(&permits.used, 1);
    _PyPolicyStack_LookFurther();
    _Py_atomic_store_uint32_relaxed(
        &permits.capabilities,
        permits.capabilities | _PyPolicy_Capabilities(policy));
    if (_PyPolicy_CountRules(policy) > 0) {
        _Py_atomic_add_int(&permits.with_keys, 1);
    }
    return 0;
}

int
_PyPolicyNarrow_Inherit(uint32_t set, _PyPolicyError *error)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members);
    int result = 0;
    PyMutex_Lock(&permits.mutex);
    for (size_t i = 0; i < n && result == 0; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (_PyPolicyNarrow_IsPermit(name)) {
            result = add_permit(members[i], name, error);
        }
    }
    PyMutex_Unlock(&permits.mutex);
    return result;
}

uint32_t
_PyPolicyNarrow_Permit(const char *note, _PyPolicyError *error)
{
    uint32_t set = _PyPrincipal_Named(note);
    if (set == _PyPrincipal_UNKNOWN) {
        set_error(error, "no-memory", NULL);
        return _PyPrincipal_STDLIB;
    }
    return _PyPolicyNarrow_Inherit(set, error) < 0 ? _PyPrincipal_STDLIB
                                                   : set;
}

bool
_PyPolicyNarrow_IsUsed(void)
{
    return _Py_atomic_load_int_relaxed(&permits.used) != 0;
}

/* The members that are permits, or those that are not. */
static uint32_t
part_of(uint32_t set, bool wanted)
{
    const uint32_t *members;
    size_t n = _PyPrincipal_Members(set, &members), kept = 0;
    uint32_t part = _PyPrincipal_STDLIB;
    for (size_t i = 0; i < n; i++) {
        const char *name = _PyPrincipal_Name(members[i]);
        if (_PyPolicyNarrow_IsPermit(name) == wanted) {
            part = _PyPrincipal_Join(
                part, members[i] == 0 ? _PyPrincipal_UNKNOWN
                                      : _PyPrincipal_Named(name));
            kept++;
        }
    }
    return kept == n ? set : part;
}

uint32_t
_PyPolicyNarrow_PermitsOf(uint32_t set)
{
    return set < _PyPrincipal_FIRST ? _PyPrincipal_STDLIB
                                    : part_of(set, true);
}

uint32_t
_PyPolicyNarrow_WithoutPermits(uint32_t set)
{
    return _PyPolicyNarrow_IsUsed() ? part_of(set, false) : set;
}

uint32_t
_PyPolicyNarrow_Strip(uint32_t set)
{
    return _PyPolicyBeyond_Strip(_PyPolicyNarrow_WithoutPermits(set));
}
