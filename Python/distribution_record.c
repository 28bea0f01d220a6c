/* Which packages does one installed distribution call its own?

   RECORD lists its files.  The principals that it claims with them are the
   first real packages below whatever namespaces lead there, and the modules
   that stand alone:

       requests/__init__.py                   claims   requests
       requests/adapters.py                            (part of it)
       google/cloud/storage/__init__.py                google.cloud.storage
       six.py, _cffi_backend.abi3.so                   six, _cffi_backend

   Nobody vouches for what stands in a RECORD; it came with the package.  So
   each distribution only claims here, and distribution_build.c compares the
   claims of all.  It is read in one pass, in whatever order it has, and most
   of its lines are passed over at a glance: those inside the package that
   was met last.

   A RECORD is absent where the system's package manager took it away; then
   top_level.txt is read in its place, if it is there. */

#include "pycore_distribution_impl.h"

/* A piece of a RECORD: a path without its suffix. */
typedef struct {
    const char *path;
    size_t len;
    bool is_package;
} module;


/* --- Names of modules --------------------------------------------------- */

/* Bytes above ASCII count as letters: Python's own rule needs tables, and a
   name that Python would not import is never asked for. */
bool
_PyDistRecord_IsIdentifier(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool digit = c >= '0' && c <= '9';
        if (!(c >= 0x80 || c == '_' || (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z') || (digit && i > 0)))
        {
            return false;
        }
    }
    return len > 0 && !(len == 11 && memcmp(text, "__pycache__", len) == 0);
}

/* By suffix, as the import system's finders do. */
size_t
_PyDistRecord_ModuleStem(const char *file, size_t len)
{
    const char *dot = memchr(file, '.', len);
    if (dot == NULL) {
        return 0;
    }
    size_t stem = dot - file, n = len - stem;
    bool is_module =
        (n == 3 && (memcmp(dot, ".py", n) == 0 || memcmp(dot, ".so", n) == 0))
        || (n == 4 && memcmp(dot, ".pyc", n) == 0)
        /* .abi3.so, .cpython-313-x86_64-linux-gnu.so.  For which interpreter
           does not matter: a claim too many harms nobody else. */
        || (n == 8 && memcmp(dot, ".abi3.so", 8) == 0)
        || (n > 12 && memcmp(dot, ".cpython-", 9) == 0
            && memcmp(dot + n - 3, ".so", 3) == 0);
    return is_module && _PyDistRecord_IsIdentifier(file, stem) ? stem : 0;
}

/* One more claim.  Paths become names here. */
int
_PyDistReader_Claim(_PyDistReader *reader, int info,
                    const char *principal, size_t len)
{
    /* The application's name is not to be had. */
    if (len >= _PyDistribution_MAX_PRINCIPAL
        || (len == 8 && memcmp(principal, "__main__", len) == 0))
    {
        return 0;
    }
    char *name = _PyDistArena_String(&reader->scratch, principal, len);
    _PyDistClaim *claim = name == NULL ? NULL
        : _PyDistArray_Append(&reader->claims, sizeof(*claim));
    if (claim == NULL) {
        return -1;
    }
    for (char *p = name; *p; p++) {
        *p = *p == '/' ? '.' : *p;
    }
    claim->principal = name;
    claim->info = info;
    return 0;
}


/* --- RECORD ------------------------------------------------------------- */

typedef struct {
    _PyDistReader *reader;
    const char *own;            /* this dist-info directory */
    const char *pth[8];         /* `.pth` files at the top, */
    const char *finder[2];      /* and what setuptools makes in their place */
    size_t n_pth, n_finder;
    const char *package;        /* the package seen last, slash included */
    size_t package_len;
} record;

/* A dist-info directory that is not this distribution's. */
static int
note_foreign(record *r, const char *directory, size_t len)
{
    _PyDistArray *list = &r->reader->foreign;
    const char **names = list->items;
    const char *last = list->n > 0 ? names[list->n - 1] : "";
    if ((strlen(r->own) == len && memcmp(r->own, directory, len) == 0)
        || (strlen(last) == len && memcmp(last, directory, len) == 0))
    {
        return 0;
    }
    const char *copy = _PyDistArena_String(&r->reader->scratch,
                                           directory, len);
    const char **slot = copy == NULL ? NULL
        : _PyDistArray_Append(list, sizeof(*slot));
    if (slot == NULL) {
        return -1;
    }
    *slot = copy;
    return 0;
}

/* Files at the top that open other directories. */
static int
note_opener(record *r, const char *file, size_t len)
{
    static const char mark[] = "__editable__";
    const char **list = NULL;
    if (len > 4 && memcmp(file + len - 4, ".pth", 4) == 0 && r->n_pth < 7) {
        list = &r->pth[r->n_pth++];
    }
    else if (len > sizeof(mark) && memcmp(file, mark, sizeof(mark) - 1) == 0
             && memcmp(file + len - 3, ".py", 3) == 0 && r->n_finder < 1)
    {
        list = &r->finder[r->n_finder++];
    }
    if (list != NULL) {
        *list = _PyDistArena_String(&r->reader->scratch, file, len);
        if (*list == NULL) {
            return -1;
        }
    }
    return 0;
}

/* A module or, if it is an __init__, the package that it makes.  Paths stay
   where they are, in the file's buffer, until all of it is read. */
static int
note_module(record *r, const char *path, size_t file_at, size_t stem)
{
    _PyDistArray *modules = &r->reader->modules;
    bool package = stem == 8 && memcmp(path + file_at, "__init__", 8) == 0;
    if ((package && file_at == 0)
        || modules->n >= _PyDistribution_MAX_MODULES)
    {
        return 0;
    }
    module *m = _PyDistArray_Append(modules, sizeof(*m));
    if (m == NULL) {
        return -1;
    }
    *m = (module){path, package ? file_at - 1 : file_at + stem, package};
    if (package) {
        r->package = path;
        r->package_len = file_at;
    }
    return 0;
}

/* One path of the list.  A path that is absolute, climbs, or has a component
   that cannot be imported gives nothing. */
static int
read_path(record *r, const char *path, size_t len)
{
    const char *file = path, *end = path + len, *slash;
    while ((slash = memchr(file, '/', end - file)) != NULL) {
        size_t n = slash - file;
        if (!_PyDistRecord_IsIdentifier(file, n)) {
            return file == path && _PyDistribution_IsInfo(path, n)
                   ? note_foreign(r, path, n) : 0;
        }
        file = slash + 1;
    }
    if (file == path && note_opener(r, path, len) < 0) {
        return -1;
    }
    size_t stem = _PyDistRecord_ModuleStem(file, end - file);
    return stem > 0 ? note_module(r, path, file - path, stem) : 0;
}

/* Ancestors before what is below them: among bytes that names consist of,
   "/" is the smallest. */
static int
by_path(const void *left, const void *right)
{
    const module *a = left, *b = right;
    size_t n = a->len < b->len ? a->len : b->len;
    int r = memcmp(a->path, b->path, n);
    return r ? r : (a->len > b->len) - (a->len < b->len);
}

/* Keep what is not part of a package that is itself in the list. */
static int
claim_modules(_PyDistReader *reader, int info)
{
    _PyDistArray *modules = &reader->modules;
    const module *package = NULL, *last = NULL;
    if (modules->n >= _PyDistribution_MAX_MODULES) {
        return 0;
    }
    if (modules->n > 1) {
        qsort(modules->items, modules->n, sizeof(module), by_path);
    }
    for (size_t i = 0; i < modules->n; i++) {
        const module *m = (const module *)modules->items + i;
        if (package != NULL && m->len > package->len
            && m->path[package->len] == '/'
            && memcmp(m->path, package->path, package->len) == 0)
        {
            continue;
        }
        if (m->is_package) {
            package = m;
        }
        if ((last == NULL || by_path(m, last) != 0)
            && _PyDistReader_Claim(reader, info, m->path, m->len) < 0)
        {
            return -1;
        }
        last = m;
    }
    return 0;
}

/* Is what begins here inside the package seen last?  Asked for each line, and
   nearly always so; most packages' names are this short. */
static inline bool
is_inside(const record *r, const char *text, size_t len)
{
    size_t n = r->package_len;
    uint32_t first, last, other_first, other_last;
    if (n == 0 || len < n) {
        return false;
    }
    if (n < sizeof(first) || n > 2 * sizeof(first)) {
        return memcmp(text, r->package, n) == 0;
    }
    memcpy(&first, text, sizeof(first));
    memcpy(&last, text + n - sizeof(last), sizeof(last));
    memcpy(&other_first, r->package, sizeof(first));
    memcpy(&other_last, r->package + n - sizeof(last), sizeof(last));
    return first == other_first && last == other_last;
}

/* The path is the first of the fields that commas divide. */
static int
read_line(record *r, const char *line, size_t len)
{
    len -= len > 0 && line[len - 1] == '\r';
    if (len > 0 && line[0] == '"') {
        /* No module's name needs quotes inside of quotes. */
        const char *close = memchr(line + 1, '"', len - 1);
        return close == NULL ? 0 : read_path(r, line + 1, close - line - 1);
    }
    const char *comma = memchr(line, ',', len);
    return read_path(r, line, comma != NULL ? (size_t)(comma - line) : len);
}

static int
read_record(record *r, int info)
{
    const _PyDistBuffer *buffer = &r->reader->buffer;
    const char *p = buffer->text, *end = p + buffer->len;
    r->reader->modules.n = 0;
    while (p < end) {
        bool inside = is_inside(r, p, end - p);     /* nothing new then */
        const char *newline = memchr(p, '\n', end - p);
        const char *stop = newline != NULL ? newline : end;
        if (!inside && read_line(r, p, stop - p) < 0) {
            return -1;
        }
        p = stop + 1;
    }
    return claim_modules(r->reader, info);
}

/* One name a line. */
static int
read_top_level(_PyDistReader *reader, int info)
{
    const char *p = reader->buffer.text, *end = p + reader->buffer.len;
    for (; p < end; p++) {
        size_t n = strcspn(p, "\r\n");
        bool usable = n > 0;
        for (size_t at = 0, part; usable && at <= n; at += part + 1) {
            const char *slash = memchr(p + at, '/', n - at);
            part = slash != NULL ? (size_t)(slash - p) - at : n - at;
            usable = _PyDistRecord_IsIdentifier(p + at, part);
        }
        if (usable && _PyDistReader_Claim(reader, info, p, n) < 0) {
            return -1;
        }
        p += n;
    }
    return 0;
}


/* --- Claims ------------------------------------------------------------- */

/* What is void claims as well, but opens no directories. */
int
_PyDistReader_Claims(_PyDistReader *reader, int index)
{
    const _PyDistInfo *info = (_PyDistInfo *)reader->infos.items + index;
    record r = {.reader = reader, .own = info->directory};
    _PyDistFile_Status status = _PyDistReader_File(
        reader, r.own, "RECORD", _PyDistribution_MAX_RECORD, false);
    int result = 0;
    if (status == _PyDistFile_OK) {
        result = read_record(&r, index);
    }
    else if (status == _PyDistFile_ABSENT) {
        status = _PyDistReader_File(reader, r.own, "top_level.txt",
                                    _PyDistribution_MAX_SMALL, false);
        if (status == _PyDistFile_OK) {
            result = read_top_level(reader, index);
        }
    }
    if (status == _PyDistFile_NO_MEMORY || result < 0) {
        return -1;
    }
    if (r.n_pth + r.n_finder > 0 && !info->is_void) {
        return _PyDistReader_Editable(reader, index, r.pth, r.finder);
    }
    return 0;
}
