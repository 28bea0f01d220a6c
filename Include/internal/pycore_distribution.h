#ifndef Py_INTERNAL_DISTRIBUTION_H
#define Py_INTERNAL_DISTRIBUTION_H

/* Who owns a package, and what does it require?
 *
 * A _PyDistributions is a snapshot of the metadata installed in a list of
 * directories.  It lives in C memory, holds no Python object, needs no GIL
 * and no initialised interpreter, and never changes once it is built: any
 * number of threads and interpreters may read it without a lock.  Building
 * is not synchronised: the caller builds one under its own PyMutex (or the
 * like), publishes the pointer, and frees it when nobody reads any more.
 *
 * A distribution is named by its index, 0 <= dist < Count.  Strings that
 * are returned live as long as the snapshot. */

#include "pycore_policy_export.h" // PyAPI_FUNC()

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if !defined(Py_BUILD_CORE) && !defined(POLICY_STANDALONE)
#  error "this header requires Py_BUILD_CORE define"
#endif

typedef struct _PyDistributions _PyDistributions;

/* Read what is installed in `dirs`: the site-packages directories and
 * PYTHONPATH entries, in the order of sys.path.  Entries that are not
 * directories are passed over.  `python_version_full` is the version that
 * sys.version begins with ("3.13.5", "3.14.0rc1+"); requirements are judged
 * for it and for this platform.  Metadata that is broken, contested or too
 * large counts as absent; NULL means that memory ran out. */
PyAPI_FUNC(_PyDistributions *) _PyDistributions_Read(
    const char *const *dirs, size_t n_dirs, const char *python_version_full);
PyAPI_FUNC(void) _PyDistributions_Free(_PyDistributions *map);

/* The same as a lock says it, without looking at what is installed.  Texts of
 * the lock are kept, so it must live as long. */
struct _PyPolicyLock;
extern _PyDistributions *_PyDistributions_OfLock(
    const struct _PyPolicyLock *lock, const char *python_version_full);

/* The distribution that owns a principal (`requests`,
 * `google.cloud.storage`), or -1: none does, or it is contested.  Whose -1
 * it is matters: code of no distribution may be trusted for what it imports,
 * a contested name for nothing (IsContested). */
PyAPI_FUNC(int) _PyDistributions_OwnerOf(const _PyDistributions *map,
                                         const char *principal);
/* True if OwnerOf says -1 because more than one distribution claims it
 * (for messages). */
extern bool _PyDistributions_IsContested(
    const _PyDistributions *map, const char *principal);

/* Is it one distribution's alone by what is installed, so that OwnerOf never
 * calls it nobody's?  Does not look at the disk. */
extern bool _PyDistributions_IsOwned(
    const _PyDistributions *map, const char *principal);

/* The index of a distribution by its name in any spelling, or -1. */
PyAPI_FUNC(int) _PyDistributions_Find(const _PyDistributions *map,
                                      const char *name);
PyAPI_FUNC(int) _PyDistributions_Count(const _PyDistributions *map);
/* The normalised name (`ruamel-yaml`) and the version as METADATA has it. */
PyAPI_FUNC(const char *) _PyDistributions_Name(const _PyDistributions *map,
                                               int dist);
PyAPI_FUNC(const char *) _PyDistributions_Version(
    const _PyDistributions *map, int dist);
/* The principals that a distribution owns, in alphabetical order: NULL when
 * `i` is past the last.  Of an editable install these are the names that
 * its metadata spells out; OwnerOf may know more. */
PyAPI_FUNC(const char *) _PyDistributions_Principal(
    const _PyDistributions *map, int dist, size_t i);

/* The installed distributions that one itself requires, in the order of its
 * metadata: -1 when `i` is past the last.  `*plain` tells whether without any
 * of its extras. */
PyAPI_FUNC(int) _PyDistributions_Requirement(const _PyDistributions *map,
                                             int dist, size_t i, bool *plain);

/* Is `granted` the same distribution as `dist`, or an ancestor of it: does
 * it, with all its own extras, require `dist`, transitively (beyond the
 * first step only plain requirements and the extras that a requirement
 * names)?  -1 on either side is false. */
PyAPI_FUNC(bool) _PyDistributions_Covers(const _PyDistributions *map,
                                         int granted, int dist);
/* The same where `granted` is itself required by code that was granted
 * something, so that its own extras do not count. */
extern bool _PyDistributions_Requires(
    const _PyDistributions *map, int granted, int dist);
/* The principals below a namespace (`google.cloud`) that a distribution
 * owns, one for each call: *cursor is 0 before the first, NULL comes behind
 * the last. */
extern const char *_PyDistributions_Below(
    const _PyDistributions *map, const char *namespace, size_t *cursor);
/* The shortest way granted, ..., dist, both ends included.  Returns how many
 * distributions it has and stores the first `n` of them; 0: there is none,
 * or memory ran out. */
PyAPI_FUNC(size_t) _PyDistributions_Path(
    const _PyDistributions *map, int granted, int dist, int *out, size_t n);

/* Is this absolute path a file of an editable install's source tree?  Then
 * stores the principal that its code belongs to (the first real package
 * below the tree's import root) and returns true.  The caller has made sure
 * that the path is not the application's.  Looks at the disk for
 * `__init__.py` files. */
PyAPI_FUNC(bool) _PyDistributions_Editable(
    const _PyDistributions *map, const char *path, char *name_out,
    size_t size);

/* Write `name` in normal form (lower case, runs of "-", "_" and "." as one
 * "-").  False if it is no valid distribution name or does not fit. */
extern bool _PyDistribution_Normalise(
    const char *name, size_t len, char *out, size_t size);


/* --- Requirements and markers ------------------------------------------- */

/* The environment that markers are judged in. */
typedef struct {
    char python_full_version[64];
    char python_version[32];
    char platform_machine[80];
    char platform_release[128];
    char platform_system[80];
    char platform_version[256];
    const char *sys_platform;
    const char *os_name;
} _PyMarkerEnvironment;

extern void _PyMarkerEnvironment_Init(
    _PyMarkerEnvironment *env, const char *python_version_full);

/* One `Requires-Dist`, cut into its parts: all point into the text. */
typedef struct {
    const char *name;
    size_t name_len;
    const char *extras;         /* between the brackets, or NULL */
    size_t extras_len;
    const char *marker;         /* behind the semicolon, or NULL */
    size_t marker_len;
} _PyRequirement;

/* False: not a requirement. */
extern bool _PyRequirement_Parse(
    const char *text, size_t len, _PyRequirement *out);

/* The next name of a list of extras, normalised: 1, 0 at the end, -1 if it
 * is malformed.  `*pos` starts at 0. */
extern int _PyRequirement_NextExtra(
    const _PyRequirement *req, size_t *pos, char *out, size_t size);

/* Judge a marker with `extra` (normalised, "" for none): 1 true, 0 false,
 * -1 it cannot be judged.  For each extra that it compares with, `seen` (if
 * not NULL) is called with the normalised name and may return false to stop
 * (the result is -1 then). */
extern int _PyMarker_Evaluate(
    const char *marker, size_t len, const _PyMarkerEnvironment *env,
    const char *extra, bool (*seen)(void *ctx, const char *extra), void *ctx);

#ifdef __cplusplus
}
#endif
#endif /* !Py_INTERNAL_DISTRIBUTION_H */
