#ifndef Py_INTERNAL_POLICY_LOCK_H
#define Py_INTERNAL_POLICY_LOCK_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include "pycore_policy_export.h" // PyAPI_FUNC()
#include "pycore_policy_json.h"   // _PyPolicyJsonError

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was installed when somebody last looked, and is it still?

   policy_lock.c         a policy.lock.json: text to entries, or one error
   policy_lock_form.c    is it exactly as the command writes it?
   policy_lock_record.c  a RECORD: what counts of it, its digest, its rows
   policy_lock_state.c   the locks in force against what is installed */

#define _PyPolicyLock_NAME "policy.lock.json"

/* --- policy_lock.c ------------------------------------------------------- */

typedef struct {
    const char *const *names;
    uint32_t n;
} _PyPolicyLockNames;

/* One distribution. */
typedef struct {
    const char *name;             /* normalised */
    const char *version;
    const char *record;           /* the digest, in hexadecimal; NULL: an
                                     editable install, of which no file is
                                     locked */
    _PyPolicyLockNames packages;  /* principals */
    _PyPolicyLockNames pth;       /* its .pth files */
    _PyPolicyLockNames contested; /* files that others claim as well */
    _PyPolicyLockNames requires;  /* NAME[EXTRAS]; MARKER */
} _PyPolicyLockEntry;

/* Immutable; in C memory. */
typedef struct _PyPolicyLock _PyPolicyLock;

/* NULL with *error filled (its column is 0 when memory is short).  Behind the
   text is a NUL. */
PyAPI_FUNC(_PyPolicyLock *) _PyPolicyLock_Parse(const char *text, size_t len,
                                                _PyPolicyJsonError *error);
PyAPI_FUNC(void) _PyPolicyLock_Free(_PyPolicyLock *lock);

/* Sorted by name. */
extern const _PyPolicyLockEntry *_PyPolicyLock_Entries(
    const _PyPolicyLock *lock, uint32_t *n);
/* By its normalised name; NULL when it is not locked. */
extern const _PyPolicyLockEntry *_PyPolicyLock_Find(
    const _PyPolicyLock *lock, const char *name);

/* --- policy_lock_form.c -------------------------------------------------- */

/* True only for what _PyPolicyLock_Parse() takes; it need not be called at
   once then. */
PyAPI_FUNC(bool) _PyPolicyLock_IsAsWritten(const char *text, size_t len);

/* --- policy_lock_record.c ------------------------------------------------ */

#define _PyPolicyLock_DIGEST 65   /* hexadecimal, and the NUL */
#define _PyPolicyLock_PIN 44      /* base64 as RECORD has it, and the NUL */

/* A row that counts; pointers into the text of the RECORD. */
typedef struct {
    const char *line;
    size_t len;                   /* of the line */
    size_t path_len;              /* the line begins with the path */
} _PyPolicyLockRow;

typedef struct {
    _PyPolicyLockRow *rows;       /* sorted; PyMem_RawFree */
    size_t n;
} _PyPolicyLockRecord;

/* The rows of what is installed alike everywhere: modules, data, METADATA
   and entry points.  Not: what lies outside (scripts), compiled files, what
   the installer notes.  0, or -1 when memory is short. */
PyAPI_FUNC(int) _PyPolicyLock_ReadRecord(const char *text, size_t len,
                                         _PyPolicyLockRecord *record);
/* SHA-256 of these rows in their order.  0, or -1 when memory is short. */
PyAPI_FUNC(int) _PyPolicyLock_Digest(const _PyPolicyLockRecord *record,
                                     char digest[_PyPolicyLock_DIGEST]);
/* Does it list the file (below its directory) with a SHA-256?  Then stores
   that, and the size (-1: not said). */
extern bool _PyPolicyLock_Row(const _PyPolicyLockRecord *record,
                              const char *path, char pin[_PyPolicyLock_PIN],
                              int64_t *size);
/* Has this content that hash? */
extern bool _PyPolicyLock_IsPinned(const void *data, size_t len,
                                   const char *pin);

/* --- policy_lock_state.c ------------------------------------------------- */

/* Is any lock in force?  Set once, before any code runs. */
extern bool _PyPolicyLock_InForce;

/* Start-up: one more lock is in force.  Takes over the text, or returns -1
   with *error filled as by Parse(). */
extern int _PyPolicyLock_Add(char *text, size_t len,
                             _PyPolicyJsonError *error);

/* The first lock in force: who requires whom is what it says.  NULL when
   memory is short. */
extern const _PyPolicyLock *_PyPolicyLock_First(void);

typedef enum {
    _PyPolicyLock_LISTED,         /* it is a file of that name's owner */
    _PyPolicyLock_STRANGER,       /* it only lies there */
    _PyPolicyLock_UNLOCKED,       /* the name is not locked, or its owner has
                                     changed: it has no grants anyhow */
} _PyPolicyLockJudgement;

/* Whose is the file `path`, which lies below the root of dependencies `root`
   (its first `root_len` bytes) in the place of `name`, a principal or a .pth
   file?  LISTED fills the pin, which may be "" for an editable install. */
extern _PyPolicyLockJudgement _PyPolicyLock_Judge(
    const char *name, const char *path, size_t root_len,
    char pin[_PyPolicyLock_PIN]);

/* The file at this path is not what the RECORD says. */
extern void _PyPolicyLock_NoteChanged(const char *path);

/* May the principal of this name be granted anything?  True without a lock,
   and for what no lock speaks of: the application, code that is called by a
   path elsewhere. */
extern bool _PyPolicyLock_DoesTrust(const char *principal);

static inline bool
_PyPolicyLock_Trusts(const char *principal)
{
    return !_PyPolicyLock_InForce || _PyPolicyLock_DoesTrust(principal);
}

/* Is the name an editable install's that is locked as one?  Is any? */
extern bool _PyPolicyLock_AnyEditable(void);
extern bool _PyPolicyLock_IsEditable(const char *principal);

/* Why it is not trusted, as a sentence without an end: false when it is. */
PyAPI_FUNC(bool) _PyPolicyLock_Why(const char *principal, char *text,
                                   size_t size);

#ifdef __cplusplus
}
#endif
#endif   // Py_INTERNAL_POLICY_LOCK_H
