/* Does this source tree belong to an installed distribution?

   `pip install -e` copies no modules.  It leaves a dist-info directory whose
   direct_url.json names the project and says that it is editable, and in
   site-packages either a .pth file whose lines are directories, or (from
   setuptools) a module with a table from package to directory:

       MAPPING: dict[str, str] = {'acme': '/home/me/acme/src/acme'}

   Both become roots.  A root counts only where it lies inside the project:
   a distribution that says it comes from one place does not get to name the
   code of another.  That module is read as text and never run; lines that
   site would execute are passed over.

   A file below a root has the name that it would be imported by, up to the
   first real package, as in site-packages.  Whether the name is really this
   distribution's to give is decided in distribution.c.

   Paths are in the file system encoding.  They are compared twice, as
   written and resolved, since sys.path has the former and the loader may
   have the latter. */

#include "pycore_distribution_impl.h"
#include "pycore_policy_json.h"

#ifdef POLICY_STANDALONE
static const char *EXTENSIONS[] = {".so", NULL};
#else
#  include "pycore_importdl.h"    // _PyImport_DynLoadFiletab
#  define EXTENSIONS _PyImport_DynLoadFiletab
#endif

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>


/* --- Paths -------------------------------------------------------------- */

/* The part of `path` below the directory `base`: NULL if it is not below. */
static const char *
below(const char *path, const char *base)
{
    size_t n = strlen(base);
    if (strncmp(path, base, n) != 0 || path[n] != '/') {
        return NULL;
    }
    return path + n + 1;
}

/* Asked anew each time: a tree that one works on changes. */
static bool
is_file(const char *path, const char *suffix)
{
    char full[PATH_MAX];
    struct stat st;
    int n = snprintf(full, sizeof(full), "%s%s", path, suffix);
    return n > 0 && (size_t)n < sizeof(full) && stat(full, &st) == 0
           && S_ISREG(st.st_mode);
}

/* Source, compiled, or an extension module, as this interpreter would import
   it; `path` is without the suffix. */
static bool
is_module(const char *path)
{
    if (is_file(path, ".py") || is_file(path, ".pyc")) {
        return true;
    }
    for (const char **known = EXTENSIONS; *known != NULL; known++) {
        if (is_file(path, *known)) {
            return true;
        }
    }
    return false;
}

/* As principal_directory.c has it. */
static bool
is_package(const char *directory)
{
    char init[PATH_MAX];
    int n = snprintf(init, sizeof(init), "%s/__init__", directory);
    return n > 0 && (size_t)n < sizeof(init) && is_module(init);
}

/* Append a separator and `len` bytes: false if they do not fit. */
static bool
append(char *text, size_t size, char separator, const char *part, size_t len)
{
    size_t n = strlen(text);
    if (n + len + 2 > size) {
        return false;
    }
    if (n > 0) {
        text[n++] = separator;
    }
    memcpy(text + n, part, len);
    text[n + len] = '\0';
    return true;
}

/* Resolve a path whose last component need not exist. */
static bool
resolve(const char *path, char out[PATH_MAX])
{
    char parent[PATH_MAX];
    if (realpath(path, out) != NULL) {
        return true;
    }
    const char *slash = strrchr(path, '/');
    size_t n = slash != NULL ? (size_t)(slash - path) : 0;
    if (n == 0 || n >= sizeof(parent) || strcmp(slash, "/..") == 0) {
        return false;
    }
    memcpy(parent, path, n);
    parent[n] = '\0';
    return realpath(parent, out) != NULL
           && append(out, PATH_MAX, '/', slash + 1, strlen(slash + 1));
}


/* --- direct_url.json ---------------------------------------------------- */

static int
hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The path of a file URL on this machine. */
static bool
path_of_url(const char *url, char out[PATH_MAX])
{
    static const char *const prefixes[] = {"file://localhost/", "file:///"};
    const char *p = NULL;
    for (int i = 0; i < 2 && p == NULL; i++) {
        size_t n = strlen(prefixes[i]);
        p = strncmp(url, prefixes[i], n) == 0 ? url + n - 1 : NULL;
    }
    size_t n = 0;
    for (; p != NULL && *p; p++) {
        int c = (unsigned char)*p;
        if (c == '%') {
            int high = hex(p[1]), low = high < 0 ? -1 : hex(p[2]);
            c = low < 0 ? 0 : high * 16 + low;
            p += 2;
        }
        if (c == 0 || n + 1 >= PATH_MAX) {
            return false;
        }
        out[n++] = (char)c;
    }
    out[n] = '\0';
    return n > 0;
}

/* The project's directory, resolved, if the text says "editable". */
static bool
parse_direct_url(const char *text, size_t len, char project[PATH_MAX])
{
    _PyPolicyJson doc;
    _PyPolicyJsonError error;
    char path[PATH_MAX];
    bool found = false;
    if (_PyPolicyJson_Parse(&doc, text, len, &error) < 0) {
        return false;
    }
    const _PyPolicyJsonNode *root = &doc.nodes[0];
    const _PyPolicyJsonNode *info = _PyPolicyJson_Get(&doc, root, "dir_info");
    const _PyPolicyJsonNode *url = _PyPolicyJson_Get(&doc, root, "url");
    if (info != NULL) {
        info = _PyPolicyJson_Get(&doc, info, "editable");
    }
    if (info != NULL && info->kind == _PyPolicyJson_TRUE
        && url != NULL && url->kind == _PyPolicyJson_STRING
        && path_of_url(url->text, path))
    {
        /* A project in "/" would be a project that is everywhere. */
        found = realpath(path, project) != NULL && project[1] != '\0';
    }
    _PyPolicyJson_Clear(&doc);
    return found;
}


/* --- Roots -------------------------------------------------------------- */

typedef struct {
    _PyDistReader *reader;
    int info;
    char project[PATH_MAX];
    _PyDistArray roots;
} editable;

/* 1: taken, 0: not inside the project. */
static int
add_root(editable *e, const char *text, size_t len,
         const char *prefix, size_t prefix_len)
{
    char path[PATH_MAX] = "", real[PATH_MAX];
    while (len > 1 && text[len - 1] == '/') {
        len--;
    }
    if (len == 0 || (text[0] != '/'
                     && !append(path, sizeof(path), '/', e->reader->path,
                                strlen(e->reader->path)))
        || !append(path, sizeof(path), '/', text, len)
        || !resolve(path, real)
        || (strcmp(real, e->project) != 0
            && below(real, e->project) == NULL))
    {
        return 0;
    }
    _PyDistArena *keep = e->reader->keep;
    _PyDistRoot *root = _PyDistArray_Append(&e->roots, sizeof(*root));
    if (root == NULL) {
        return -1;
    }
    root->path = _PyDistArena_String(keep, path, strlen(path));
    root->real = _PyDistArena_String(keep, real, strlen(real));
    root->prefix = _PyDistArena_String(keep, prefix, prefix_len);
    return root->path && root->real && root->prefix ? 1 : -1;
}

/* site adds the lines that are directories to sys.path, and executes those
   that begin with "import"; the latter cannot be followed by reading. */
static int
read_pth(editable *e)
{
    const char *p = e->reader->buffer.text;
    const char *end = p + e->reader->buffer.len;
    for (; p < end; p++) {
        size_t n = strcspn(p, "\r\n");
        bool code = strncmp(p, "import ", 7) == 0
                    || strncmp(p, "import\t", 7) == 0;
        if (n > 0 && *p != '#' && !code && add_root(e, p, n, "", 0) < 0) {
            return -1;
        }
        p += n;
    }
    return 0;
}

/* A Python string literal as repr() writes it.  Returns what follows it, or
   NULL if it is anything else, or too long, or has an escape in it that a
   path or a name has no need of. */
static const char *
read_string(const char *p, char out[PATH_MAX])
{
    size_t n = 0;
    char quote = *p++;
    if (quote != '\'' && quote != '"') {
        return NULL;
    }
    for (; *p != quote; p++) {
        if (*p == '\\') {
            p++;
            if (*p != '\\' && *p != '\'' && *p != '"') {
                return NULL;
            }
        }
        if (*p == '\0' || *p == '\n' || n + 1 >= PATH_MAX) {
            return NULL;
        }
        out[n++] = *p;
    }
    out[n] = '\0';
    return p + 1;
}

/* `acme`, `acme.plugins`: the key of a table must be importable. */
static bool
is_dotted_name(const char *name)
{
    for (;;) {
        size_t n = strcspn(name, ".");
        if (!_PyDistRecord_IsIdentifier(name, n)) {
            return false;
        }
        if (name[n] == '\0') {
            return true;
        }
        name += n + 1;
    }
}

/* 'acme': '/home/me/acme/src/acme' */
static const char *
read_pair(editable *e, const char *p, int *result)
{
    char name[PATH_MAX], path[PATH_MAX];
    p = read_string(p, name);
    if (p == NULL || *p != ':') {
        return NULL;
    }
    p = read_string(p + 1 + strspn(p + 1, " "), path);
    if (p != NULL && is_dotted_name(name)) {
        int r = add_root(e, path, strlen(path), name, strlen(name));
        if (r > 0) {
            r = _PyDistReader_Claim(e->reader, e->info, name, strlen(name));
        }
        *result = r < 0 ? -1 : 0;
    }
    return p;
}

/* The table is a dict of strings on one line, as repr() writes it.  Whatever
   is written otherwise ends the reading; what was understood so far stays,
   since each pair stands for itself. */
static int
read_finder(editable *e)
{
    int result = 0;
    const char *p = strstr(e->reader->buffer.text, "\nMAPPING");
    if (p == NULL) {
        return 0;
    }
    p += 1 + strcspn(p + 1, "{\n");
    while (p != NULL && (*p == '{' || *p == ',') && result == 0) {
        p = read_pair(e, p + 1 + strspn(p + 1, " "), &result);
    }
    return result;
}

/* Read each of the files in one of the two ways. */
static int
read_openers(editable *e, const char *const *names, int (*read)(editable *))
{
    _PyDistReader *reader = e->reader;
    for (; *names != NULL; names++) {
        switch (_PyDistBuffer_Read(&reader->buffer, reader->dirfd, *names,
                                   _PyDistribution_MAX_SMALL, false)) {
        case _PyDistFile_OK:
            if (read(e) < 0) {
                return -1;
            }
            break;
        case _PyDistFile_NO_MEMORY:
            return -1;
        default:
            break;
        }
    }
    return 0;
}

/* The distribution's own: as one piece, in memory that stays. */
static int
keep_roots(editable *e)
{
    _PyDistInfo *info = (_PyDistInfo *)e->reader->infos.items + e->info;
    size_t size = e->roots.n * sizeof(_PyDistRoot);
    if (size == 0) {
        return 0;
    }
    info->roots = _PyDistArena_Alloc(e->reader->keep, size);
    if (info->roots == NULL) {
        return -1;
    }
    memcpy(info->roots, e->roots.items, size);
    info->n_roots = e->roots.n;
    return 0;
}

/* direct_url.json first: without it, a .pth file is just that, and its lines
   belong to nobody. */
int
_PyDistReader_Editable(_PyDistReader *reader, int info,
                       const char *const *pth, const char *const *finder)
{
    editable e = {.reader = reader, .info = info};
    const _PyDistInfo *self = (_PyDistInfo *)reader->infos.items + info;
    _PyDistFile_Status status = _PyDistReader_File(
        reader, self->directory, "direct_url.json",
        _PyDistribution_MAX_SMALL, false);
    if (status == _PyDistFile_NO_MEMORY) {
        return -1;
    }
    if (status != _PyDistFile_OK
        || !parse_direct_url(reader->buffer.text, reader->buffer.len,
                             e.project))
    {
        return 0;
    }
    int result = -1;
    if (read_openers(&e, pth, read_pth) == 0
        && read_openers(&e, finder, read_finder) == 0)
    {
        result = keep_roots(&e);
    }
    _PyDistArray_Free(&e.roots);
    return result;
}


/* --- Names -------------------------------------------------------------- */

/* A module that is a root by itself: its path without the suffix. */
static bool
is_root_module(const char *base, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t n = strlen(base);
    return slash != NULL && strncmp(path, base, n) == 0
           && slash < path + n
           && _PyDistRecord_ModuleStem(slash + 1, strlen(slash + 1))
              == (size_t)(path + n - slash - 1);
}

/* The same, where the table has the suffix as well. */
static bool
is_root_file(const char *base, const char *path)
{
    return strcmp(base, path) == 0;
}

/* Spell the name of `rest`, a path below `base`, from the top down: the
   first directory that is a package ends it, and a file that is reached
   before any is a module of its own.  `name` begins as the name of `base`
   itself, if that has one. */
static bool
name_below(const char *base, const char *rest, char *name, size_t size)
{
    char directory[PATH_MAX] = "";
    const char *slash;
    size_t n = strlen(base);
    if (!append(directory, sizeof(directory), '/', base, n)) {
        return false;
    }
    if (name[0] && is_package(directory)) {
        return true;
    }
    for (; (slash = strchr(rest, '/')) != NULL; rest = slash + 1) {
        n = slash - rest;
        if (!_PyDistRecord_IsIdentifier(rest, n)
            || !append(name, size, '.', rest, n)
            || !append(directory, sizeof(directory), '/', rest, n))
        {
            return false;
        }
        if (is_package(directory)) {
            return true;
        }
    }
    n = _PyDistRecord_ModuleStem(rest, strlen(rest));
    return n > 0 && !(n == 8 && memcmp(rest, "__init__", 8) == 0)
           && append(name, size, '.', rest, n);
}

/* sys.path may have the root as it was written, the loader as it resolved
   it; a file is below one of the two. */
bool
_PyDistRoot_NameOf(const _PyDistRoot *root, const char *path,
                   char *out, size_t size)
{
    const char *bases[] = {root->path, root->real};
    for (int i = 0; i < 2; i++) {
        const char *rest = below(path, bases[i]);
        out[0] = '\0';
        if (!append(out, size, '.', root->prefix, strlen(root->prefix))) {
            return false;
        }
        if (rest != NULL) {
            return name_below(bases[i], rest, out, size);
        }
        if (out[0] && (is_root_module(bases[i], path)
                       || is_root_file(bases[i], path)))
        {
            return true;
        }
    }
    return false;
}

/* The other way round: walk down by the parts of the name.  Only what NameOf
   would call by that name counts, so a package on the way ends it. */
bool
_PyDistRoot_Has(const _PyDistRoot *root, const char *principal)
{
    char path[PATH_MAX] = "";
    size_t n = strlen(root->prefix);
    if (!append(path, sizeof(path), '/', root->path, strlen(root->path))) {
        return false;
    }
    if (n > 0) {
        if (strncmp(principal, root->prefix, n) != 0) {
            return false;
        }
        if (principal[n] == '\0') {
            return is_package(path) || is_module(path) || is_file(path, "");
        }
        if (principal[n] != '.' || is_package(path)) {
            return false;
        }
        principal += n + 1;
    }
    for (;;) {
        n = strcspn(principal, ".");
        if (!_PyDistRecord_IsIdentifier(principal, n)
            || !append(path, sizeof(path), '/', principal, n))
        {
            return false;
        }
        if (principal[n] == '\0') {
            return is_package(path) || is_module(path);
        }
        if (is_package(path)) {
            return false;       /* a part of that package, not a principal */
        }
        principal += n + 1;
    }
}
