/* Does this list of targets hold what is reached?

   Pure tables and matching: no interpreter, no locks, no system calls.  What
   is matched is always the value that the C code will use, which the callers
   find out (policy_file.c, policy_net.c, policy_run.c, …). */

#ifndef Py_INTERNAL_POLICY_TARGET_H
#define Py_INTERNAL_POLICY_TARGET_H
#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "pycore_policy_export.h" // PyAPI_FUNC()
#include "pycore_policy_name.h"   // _PyPolicyName_MAX_WHAT

/* In the order of the documentation; names as in a policy. */
typedef enum {
    _PyPolicy_NET,
    _PyPolicy_READ,
    _PyPolicy_WRITE,
    _PyPolicy_RUN,
    _PyPolicy_ENV,
    _PyPolicy_FFI,
    _PyPolicy_PATCH,
    _PyPolicy_SYS,
    _PyPolicy_CODE,
    _PyPolicy_INTROSPECT,
    _PyPolicy_N_CAPABILITIES,
    _PyPolicy_NO_CAPABILITY = 15,
} _PyPolicyCapability;

/* "net", …; NULL for NO_CAPABILITY.  And back: NO_CAPABILITY when unknown. */
extern const char *_PyPolicyCapability_Name(_PyPolicyCapability capability);
extern _PyPolicyCapability _PyPolicyCapability_Named(const char *name,
                                                     size_t len);

/* What a yes to a path says of others.  It begins as zero, and each list that
   holds the path writes down here which of its directories does. */
typedef struct {
    const char *path;           /* the longest of these: what is below it is
                                   held as well.  It lives as long as its
                                   list, and is not terminated */
    size_t len;
    bool alone;                 /* some list holds it for another reason: the
                                   yes says nothing of others */
} _PyPolicyWithin;

/* What one operation reaches. */
typedef struct {
    /* NET: a host's name in lower case without a final dot, or the resolved
       absolute path of a unix socket after "unix:"; NULL with an address.
       READ, WRITE: a resolved absolute path without "." and "..".
       RUN: the resolved absolute path of the program.
       ENV: the variable's name.  Others: a name, as the table of events says.
       NULL (and no address): nothing that a target could name, which any
       grant covers. */
    const char *text;
    size_t len;
    bool above;                 /* READ, WRITE: all below the path is moved
                                   with it, so it must not be excluded */
    bool looks;                 /* READ: it is only asked what is there, which
                                   directories above what is held are free
                                   for */
    _PyPolicyWithin *within;    /* READ, WRITE: what else would be held; or
                                   NULL, when nobody wants to know */
    /* NET */
    uint8_t address_len;        /* 4, 16, or 0: by name, or no host */
    uint8_t address[16];        /* v4-mapped ones as 4 bytes */
    int port;                   /* -1: not known, or none */
    const char *const *names;   /* names whose resolution gave the address;
                                   for RUN, whatever else the program is
                                   called: names and absolute paths */
    size_t n_names;
    /* RUN: the name under which the program was found on the start-up PATH,
       or NULL. */
    const char *program;
    /* What "$PKG" is for whoever is judged: a resolved directory or file, or
       NULL. */
    const char *package;
} _PyPolicyTarget;

/* What "$APP", "$TMP", "$HOME" and "$PREFIX" are on this machine: resolved
   absolute paths.  A name may occur several times ("$APP" may be two
   directories): then each is meant. */
typedef struct {
    const char *name;           /* with the "$" */
    const char *path;
} _PyPolicyPlace;

typedef struct _PyPolicyTargets _PyPolicyTargets;

/* Is this text (NUL terminated) a target of that capability?  0, or -1 with a
   stable code and a sentence that says what to write (see
   _PyPolicyName_Check). */
PyAPI_FUNC(int) _PyPolicyTarget_Check(
    _PyPolicyCapability capability, const char *text, size_t len,
    char code[32], char what[_PyPolicyName_MAX_WHAT]);

/* Compile a list of texts that have passed the check.  The result owns what
   it needs.  NULL when memory is short. */
extern _PyPolicyTargets *_PyPolicyTargets_Compile(
    _PyPolicyCapability capability, const char *const *texts, size_t n,
    const _PyPolicyPlace *places, size_t n_places);
extern void _PyPolicyTargets_Free(_PyPolicyTargets *targets);

/* Is it in the list, and not excluded ("!…") from it?  Exclusions win
   wherever they stand; a list of exclusions alone means everything else.  The
   cost does not grow with the number of exact targets. */
extern bool _PyPolicyTargets_Match(const _PyPolicyTargets *targets,
                                   const _PyPolicyTarget *target);

/* --- What kind of text is it?  Asked when it is checked, when it is compiled
   and when something is looked for. -------------------------------------- */

typedef enum {
    _PyPolicyTarget_HOST,
    _PyPolicyTarget_PATH,
    _PyPolicyTarget_PATTERN,
    _PyPolicyTarget_NAME,
} _PyPolicyTargetKind;

static inline bool
_PyPolicyTarget_MayBePath(_PyPolicyCapability capability)
{
    return capability == _PyPolicy_RUN || capability == _PyPolicy_FFI;
}

static inline _PyPolicyTargetKind
_PyPolicyTarget_KindOf(_PyPolicyCapability capability, const char *text,
                       size_t len)
{
    if (capability == _PyPolicy_NET) {
        return _PyPolicyTarget_HOST;
    }
    if (capability == _PyPolicy_READ || capability == _PyPolicy_WRITE
        || (_PyPolicyTarget_MayBePath(capability)
            && (text[0] == '$' || memchr(text, '/', len) != NULL)))
    {
        return _PyPolicyTarget_PATH;
    }
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '*' || text[i] == '?') {
            return _PyPolicyTarget_PATTERN;
        }
    }
    return _PyPolicyTarget_NAME;
}

/* --- Between policy_target.c, which holds the list and knows names and
   globs, policy_target_path.c and policy_target_host.c ------------------- */

/* A path target ($PLACE/…, globs, directories) and a host target
   (host[:port], *.domain, CIDR, unix:PATH): checked and compiled apart.  The
   text comes without "!", NUL terminated. */
typedef struct _PyPolicyPaths _PyPolicyPaths;
typedef struct _PyPolicyHosts _PyPolicyHosts;

extern int _PyPolicyPath_Check(const char *text, size_t len, char code[32],
                               char what[_PyPolicyName_MAX_WHAT]);
extern _PyPolicyPaths *_PyPolicyPaths_Compile(
    const char *const *texts, size_t n,
    const _PyPolicyPlace *places, size_t n_places);
extern void _PyPolicyPaths_Free(_PyPolicyPaths *paths);
extern bool _PyPolicyPaths_Match(const _PyPolicyPaths *paths,
                                 const char *path, size_t len,
                                 const char *package);

/* The path is held: write down why.  `paths` NULL: not by a path. */
extern void _PyPolicyPaths_Within(const _PyPolicyPaths *paths,
                                  const char *path, size_t len,
                                  _PyPolicyWithin *within);

/* Is it a directory above something that is held, or where a glob begins? */
extern bool _PyPolicyPaths_IsAbove(const _PyPolicyPaths *paths,
                                   const char *path, size_t len,
                                   const char *package);

/* The same for what is written with a "!": a glob excludes also what is below
   what it matches.  `above`: does it exclude the path, or may it exclude
   anything below it? */
extern bool _PyPolicyPaths_Exclude(const _PyPolicyPaths *paths,
                                   const char *path, size_t len,
                                   const char *package, bool above);

extern int _PyPolicyHost_Check(const char *text, size_t len, char code[32],
                               char what[_PyPolicyName_MAX_WHAT]);
extern _PyPolicyHosts *_PyPolicyHosts_Compile(
    const char *const *texts, size_t n,
    const _PyPolicyPlace *places, size_t n_places);
extern void _PyPolicyHosts_Free(_PyPolicyHosts *hosts);
extern bool _PyPolicyHosts_Match(const _PyPolicyHosts *hosts,
                                 const _PyPolicyTarget *target);

/* The same for what is written with a "!": where the port is not known, only
   what is excluded on all ports is; and an address is also excluded under the
   names that gave it, and when it is one that translators make of it.  What
   no target names (a text with a colon that is not "unix:") is excluded. */
extern bool _PyPolicyHosts_Exclude(const _PyPolicyHosts *hosts,
                                   const _PyPolicyTarget *target);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_POLICY_TARGET_H */
