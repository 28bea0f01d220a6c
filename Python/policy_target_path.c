/* Is this path one that the list speaks of?

   Three kinds of targets, by what they cost.

   A path without wildcards ("/srv/data", "$TMP/cache") names a file, or a
   directory with all that is below it: policy_target_path_table.c.

   A glob is run over the path: policy_target_glob.c.

   "$PKG" is a different directory for each dependency, so what begins with
   it is kept apart, without it, and compared with the rest of the path once
   the package's own directory has been taken off.

   What is written means:

       /srv/data       the file, or the directory and all below it
       ?               one character, but no "/"
       *               any characters, but no "/"
       **              any characters; as a component of its own it also
                       stands for no component at all: "/a/ ** /b" holds
                       "/a/b" (written without the blanks)
       $APP $PKG $TMP $HOME $PREFIX
                       at the beginning only

   A glob whose last component has no wildcard names a directory too and
   holds what is below it; one that ends in a wildcard ends there, or a "*"
   would not stop at a "/".  What is excluded ("!/srv/.*") is excluded with
   all that is below it, whichever way it is written.  A name that begins with
   a dot is like any other.  What a target may not contain,
   policy_target_path_check.c says.

   What is matched is a resolved path without "." and "..".  Bytes in it that
   are not UTF-8 are characters that no target contains.

   Called by policy_target.c; pure, and compiled alone for tests. */

#ifndef POLICY_STANDALONE
#  include "Python.h"
#endif
#include "pycore_policy_target_path.h"

static const char PACKAGE[] = "$PKG";

struct _PyPolicyPaths {
    _PyPolicyPathTable table;
    _PyPolicyPathTable above;   /* directories above its entries, and those
                                   where globs begin */
    _PyPolicyPathTable in_package;      /* without "$PKG" */
    _PyPolicyGlob *globs;
    size_t n_globs;
    char *memory;               /* all paths, one after the other */
    char *free;                 /* where the next one goes */
};

/* One target with one value of its place, which `text` no longer has. */
static int
add_target(_PyPolicyPaths *paths, const char *place, bool package,
           const char *text)
{
    char *path = paths->free;
    size_t head = strlen(place), len = strlen(text);
    if (head == 1) {
        head = 0;               /* "/" */
    }
    memcpy(path, place, head);
    memcpy(path + head, text, len);
    len += head;
    if (len > 0 && path[len - 1] == '/') {
        len--;
    }
    paths->free += len;
    if (head >= len || !_PyPolicyGlob_IsOne(path + head, len - head)) {
        _PyPolicyPathTable_Add(package ? &paths->in_package : &paths->table,
                               path, len);
        if (!package) {
            _PyPolicyPathTable_AddAbove(&paths->above, path, len);
        }
        return 0;
    }
    _PyPolicyGlob *glob = &paths->globs[paths->n_globs++];
    if (_PyPolicyGlob_Init(glob, path, len, head) < 0) {
        return -1;
    }
    glob->package = package;
    if (!package) {
        _PyPolicyPathTable_Add(&paths->above, path, glob->prefix_len);
        _PyPolicyPathTable_AddAbove(&paths->above, path, glob->prefix_len);
    }
    return 0;
}

/* One target with each value of its place. */
static int
add_text(_PyPolicyPaths *paths, const char *text,
         const _PyPolicyPlace *places, size_t n_places)
{
    size_t len;
    const char *place = _PyPolicyPath_PlaceOf(text, &len);
    if (place == NULL) {
        return add_target(paths, "", false, text);
    }
    if (strcmp(place, PACKAGE) == 0) {
        return add_target(paths, "", true, text + len);
    }
    for (size_t i = 0; i < n_places; i++) {
        if (strcmp(places[i].name, place) == 0 && places[i].path[0] == '/'
            && add_target(paths, places[i].path, false, text + len) < 0)
        {
            return -1;
        }
    }
    return 0;
}

static size_t
count_slashes(const char *text)
{
    size_t n = 0;
    while ((text = strchr(text, '/')) != NULL) {
        n++;
        text++;
    }
    return n;
}

/* How many entries, directories above them, and bytes at most? */
static void
measure(const char *const *texts, size_t n, const _PyPolicyPlace *places,
        size_t n_places, size_t *entries, size_t *above, size_t *bytes)
{
    *entries = *above = *bytes = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len, text_len = strlen(texts[i]);
        const char *place = _PyPolicyPath_PlaceOf(texts[i], &len);
        if (place == NULL || strcmp(place, PACKAGE) == 0) {
            ++*entries;
            *above += count_slashes(texts[i]) + 1;
            *bytes += text_len;
            continue;
        }
        for (size_t j = 0; j < n_places; j++) {
            if (strcmp(places[j].name, place) == 0) {
                ++*entries;
                *above += count_slashes(texts[i])
                          + count_slashes(places[j].path) + 1;
                *bytes += text_len + strlen(places[j].path);
            }
        }
    }
}

_PyPolicyPaths *
_PyPolicyPaths_Compile(const char *const *texts, size_t n,
                       const _PyPolicyPlace *places, size_t n_places)
{
    size_t entries, above, bytes;
    _PyPolicyPaths *paths = PyMem_RawCalloc(1, sizeof(*paths));
    if (paths == NULL) {
        return NULL;
    }
    measure(texts, n, places, n_places, &entries, &above, &bytes);
    paths->memory = paths->free = PyMem_RawMalloc(bytes + 1);
    paths->globs = PyMem_RawCalloc(entries + 1, sizeof(_PyPolicyGlob));
    if (paths->memory == NULL || paths->globs == NULL
        || _PyPolicyPathTable_Init(&paths->table, entries) < 0
        || _PyPolicyPathTable_Init(&paths->above, above) < 0
        || _PyPolicyPathTable_Init(&paths->in_package, entries) < 0)
    {
        goto error;
    }
    for (size_t i = 0; i < n; i++) {
        if (add_text(paths, texts[i], places, n_places) < 0) {
            goto error;
        }
    }
    return paths;
error:
    _PyPolicyPaths_Free(paths);
    return NULL;
}

void
_PyPolicyPaths_Free(_PyPolicyPaths *paths)
{
    if (paths == NULL) {
        return;
    }
    for (size_t i = 0; i < paths->n_globs; i++) {
        _PyPolicyGlob_Clear(&paths->globs[i]);
    }
    PyMem_RawFree(paths->globs);
    _PyPolicyPathTable_Clear(&paths->table);
    _PyPolicyPathTable_Clear(&paths->above);
    _PyPolicyPathTable_Clear(&paths->in_package);
    PyMem_RawFree(paths->memory);
    PyMem_RawFree(paths);
}

/* The path as it is seen from the package; NULL when it is outside.  A
   package that is the root directory would be everything, so it is none. */
static const char *
inside(const char *package, const char *path, size_t len)
{
    size_t n = package != NULL ? strlen(package) : 0;
    if (n < 2 || len < n || memcmp(path, package, n) != 0
        || (len > n && path[n] != '/'))
    {
        return NULL;
    }
    return path + n;
}

static bool
holds(const _PyPolicyPaths *paths, const char *path, size_t len,
      const char *package, bool below)
{
    if (path == NULL || len == 0 || path[0] != '/') {
        return false;           /* no path that could be held */
    }
    if (_PyPolicyPathTable_Holds(&paths->table, path, len)) {
        return true;
    }
    const char *rest = inside(package, path, len);
    size_t rest_len = rest != NULL ? (size_t)(path + len - rest) : 0;
    if (rest != NULL
        && _PyPolicyPathTable_Holds(&paths->in_package, rest, rest_len))
    {
        return true;
    }
    if (len == 1) {
        return false;           /* the root has no name for a wildcard */
    }
    for (size_t i = 0; i < paths->n_globs; i++) {
        const _PyPolicyGlob *glob = &paths->globs[i];
        if (glob->package
            ? rest != NULL
              && _PyPolicyGlob_Matches(glob, rest, rest_len, below)
            : _PyPolicyGlob_Matches(glob, path, len, below))
        {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyPaths_Match(const _PyPolicyPaths *paths, const char *path,
                     size_t len, const char *package)
{
    return holds(paths, path, len, package, false);
}

bool
_PyPolicyPaths_IsAbove(const _PyPolicyPaths *paths, const char *path,
                       size_t len, const char *package)
{
    if (path == NULL || len == 0 || path[0] != '/') {
        return false;
    }
    bool packaged = paths->in_package.n_used > 0
                    || paths->in_package.everything;
    for (size_t i = 0; i < paths->n_globs; i++) {
        packaged |= paths->globs[i].package;
    }
    return _PyPolicyPathTable_Has(&paths->above, path, len)
           || (packaged && package != NULL
               && _PyPolicyPath_IsBelow(package, strlen(package), path,
                                        len == 1 ? 0 : len));
}

void
_PyPolicyPaths_Within(const _PyPolicyPaths *paths, const char *path,
                      size_t len, _PyPolicyWithin *within)
{
    const _PyPolicyPathEntry *entry = paths != NULL
        ? _PyPolicyPathTable_Find(&paths->table, path, len) : NULL;
    if (entry == NULL) {
        within->alone = true;
    }
    else if (entry->len > within->len) {
        within->path = entry->path;
        within->len = entry->len;
    }
}

/* May anything below the directory be held?  Where a glob goes is not
   followed: a yes too many costs a refusal, a no too many a secret. */
static bool
reaches_below(const _PyPolicyPaths *paths, const char *dir, size_t len,
              const char *package)
{
    const char *rest = inside(package, dir, len);
    size_t rest_len = rest != NULL ? (size_t)(dir + len - rest) : 0;
    bool around = package != NULL
                  && _PyPolicyPath_IsBelow(package, strlen(package), dir,
                                           len);
    if (_PyPolicyPathTable_Reaches(&paths->table, dir, len)
        || (rest != NULL
            && _PyPolicyPathTable_Reaches(&paths->in_package, rest,
                                          rest_len))
        || (around && (paths->in_package.n_used > 0
                       || paths->in_package.everything)))
    {
        return true;
    }
    for (size_t i = 0; i < paths->n_globs; i++) {
        const _PyPolicyGlob *glob = &paths->globs[i];
        const char *from = glob->package ? rest : dir;
        size_t n = glob->package ? rest_len : len;
        if ((glob->package && around)
            || (from != NULL
                && (_PyPolicyPath_IsBelow(glob->prefix, glob->prefix_len,
                                          from, n)
                    || _PyPolicyPath_IsBelow(from, n, glob->prefix,
                                             glob->prefix_len))))
        {
            return true;
        }
    }
    return false;
}

bool
_PyPolicyPaths_Exclude(const _PyPolicyPaths *paths, const char *path,
                       size_t len, const char *package, bool above)
{
    if (path == NULL || len == 0 || path[0] != '/') {
        return above;
    }
    if (len == 1 && above) {
        return true;
    }
    return holds(paths, path, len, package, true)
           || (above && reaches_below(paths, path, len, package));
}
