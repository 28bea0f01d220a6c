/* Which compiled code has this interpreter written itself?

   Bytecode is not checked when it runs: a compiled file that somebody else
   made can do whatever native code can.  What a dependency ships in its
   __pycache__ is therefore believed only where the dependency may use native
   code.  For the others the interpreter compiles their sources itself, and
   keeps the result in a directory of the user's that only this file writes:

       $XDG_CACHE_HOME/cpython-importpolicy/bytecode/
           adapters-0123456789abcdef.pyc

   The digits are a hash of the resolved path of the source, the interpreter's
   version and build, and its level of optimisation.  Its key is no secret, so
   whoever may choose names for his files finds two that share it: therefore
   all of that stands in the file, too, and is compared.  Such two replace
   each other's file, and are compiled as if it were not there.

   What is in the file is believed when its header also has the size, the
   inode and both times of the source (the time of the last change of an inode
   cannot be set by anybody) and its body is whole.  Where a lock says which
   content the source has to have, the body's hash is made with that: then it
   was compiled from it.

   Where the directory is, is decided when the interpreter starts, by the
   environment and the disk as they are then; in an interpreter that another
   one has started under a policy it is the other one's, and one that a
   dependency has started, in an environment of its choice, has none.  The
   directory must be the user's and closed to all others.  No dependency may
   write to it, whatever it is granted (policy_file.c asks here where it is).
   Whatever is wrong with it, the source is compiled: nothing is refused for
   want of a cache, and all of it may be removed at any time. */

#include "Python.h"
#include "pycore_initconfig.h"    // PyConfig
#include "pycore_interp.h"
#include "pycore_principal_cache.h"
#include "pycore_principal_directory.h"
#include "pycore_principal_load.h"
#include "pycore_pyhash.h"        // _Py_KeyedHash()
#include "pycore_pystate.h"       // _Py_GetConfig()

#include <fcntl.h>                // openat()
#include <limits.h>               // PATH_MAX
#include <stdlib.h>               // realpath(), getenv()
#include <string.h>
#include <unistd.h>

#define HOME_PART "/cpython-importpolicy/bytecode"

static char cache_directory[PATH_MAX];  /* "": none */

/* --- Where -------------------------------------------------------------- */

/* The user's directory of caches, resolved; it need not be there yet. */
static bool
find_base(char base[PATH_MAX])
{
    const char *named = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (named != NULL && named[0] == '/') {
        return realpath(named, base) != NULL;
    }
    if (home == NULL || home[0] != '/' || realpath(home, base) == NULL) {
        return false;
    }
    char path[PATH_MAX];
    int n = snprintf(path, sizeof(path), "%s/.cache", base);
    if (n < 0 || (size_t)n >= sizeof(path)) {
        return false;
    }
    if (realpath(path, base) == NULL) {
        strcpy(base, path);
    }
    return true;
}

void
_PyPrincipalCache_Start(bool has_parent, const char *directory)
{
    char base[PATH_MAX];
    if (getuid() != geteuid()) {
        return;
    }
    if (has_parent) {
        if (directory != NULL && directory[0] == '/'
            && strlen(directory) < sizeof(cache_directory))
        {
            strcpy(cache_directory, directory);
        }
        return;
    }
    if (!find_base(base)
        || strlen(base) + sizeof(HOME_PART) > sizeof(cache_directory))
    {
        return;
    }
    strcpy(cache_directory, base);
    strcat(cache_directory, HOME_PART);
}

const char *
_PyPrincipal_CacheDirectory(void)
{
    return cache_directory[0] != '\0' ? cache_directory : NULL;
}

/* Make what is missing of it: two or three directories. */
static void
make_directory(void)
{
    char path[PATH_MAX];
    size_t n = strlen(cache_directory);
    memcpy(path, cache_directory, n + 1);
    size_t ends[3] = {n, 0, 0};
    for (int i = 1; i < 3; i++) {
        ends[i] = ends[i - 1];
        while (path[--ends[i]] != '/') {
        }
    }
    for (int i = 2; i >= 0; i--) {
        path[ends[i]] = '\0';
        (void)mkdir(path, 0700);
        path[ends[i]] = i > 0 ? '/' : '\0';
    }
}

/* -1: there is none, or it is not what it should be. */
static int
open_directory(bool make)
{
    struct stat st;
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if (cache_directory[0] == '\0') {
        return -1;
    }
    int fd = open(cache_directory, flags);
    if (fd < 0 && errno == ENOENT && make) {
        make_directory();
        fd = open(cache_directory, flags);
    }
    if (fd >= 0 && (fstat(fd, &st) < 0 || st.st_uid != geteuid()
                    || (st.st_mode & 077) != 0))
    {
        close(fd);
        fd = -1;
    }
    return fd;
}

/* --- What --------------------------------------------------------------- */

/* Then come the source, and the code. */
typedef struct {
    uint32_t kind, magic;
    uint32_t level;             /* of optimisation */
    uint32_t n_source;          /* bytes */
    uint64_t size, inode, modified, changed;
    uint64_t sum;               /* of the code */
} header;

#define KIND 0x33637069u        /* another one when the header changes */

/* A source, and the file for its code. */
typedef struct {
    size_t n;
    char text[PATH_MAX + 512];  /* "VERSION\nPATH" */
    char name[NAME_MAX + 1];    /* "STEM-DIGITS.pyc" */
} entry;

static header
header_of(const struct stat *st, const entry *e)
{
    return (header){
        .kind = KIND, .magic = _PyPrincipalPyc_Magic(),
        .level = (uint32_t)_Py_GetConfig()->optimization_level,
        .n_source = (uint32_t)e->n,
        .size = (uint64_t)st->st_size, .inode = (uint64_t)st->st_ino,
        .modified = (uint64_t)st->st_mtim.tv_sec * 1000000000u
                    + (uint64_t)st->st_mtim.tv_nsec,
        .changed = (uint64_t)st->st_ctim.tv_sec * 1000000000u
                   + (uint64_t)st->st_ctim.tv_nsec,
    };
}

static inline uint64_t
word_at(const char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof(word));
    return word;
}

/* Is the body whole?  A disk that was full or a machine that stopped is what
   it tells, not an enemy: nobody else can write here.  It adds up every fourth
   word, since that is quick, and mixes the four sums; each step can be undone,
   so that two bodies that differ in one word differ in the result. */
static uint64_t
sum_of(const _PyPrincipalLoad *load, const char *body, size_t n)
{
    char rest[32] = {0};
    const char *end = body + n - n % sizeof(rest);
    memcpy(rest, end, n % sizeof(rest));
    uint64_t a = word_at(rest), b = word_at(rest + 8);
    uint64_t c = word_at(rest + 16), d = word_at(rest + 24);
    for (const char *p = body; p < end; p += sizeof(rest)) {
        a += word_at(p);
        b += word_at(p + 8);
        c += word_at(p + 16);
        d += word_at(p + 24);
    }
    uint64_t sum = n;
    if (load->pin[0] != '\0') {
        sum ^= _Py_KeyedHash(KIND, load->pin, _PyPolicyLock_PIN);
    }
    const uint64_t odd = 0x9e3779b97f4a7c15u;
    return ((((sum ^ a) * odd ^ b) * odd ^ c) * odd ^ d) * odd;
}

static char *
add_text(char *to, const char *text, size_t n)
{
    memcpy(to, text, n);
    return to + n;
}

static void
name_entry(entry *e, const char *file)
{
    uint64_t level = (uint64_t)_Py_GetConfig()->optimization_level;
    uint64_t hash = _Py_KeyedHash(level << 32 | KIND, e->text,
                                  (Py_ssize_t)e->n);
    char *p = add_text(e->name, file, Py_MIN(strcspn(file, "."), 60));
    *p++ = '-';
    for (int shift = 60; shift >= 0; shift -= 4) {
        *p++ = Py_hexdigits[hash >> shift & 15];
    }
    memcpy(p, ".pyc", 5);
}

/* False: there is no place for it. */
static bool
find_entry(const _PyPrincipalLoad *load, entry *e)
{
    const char *file, *version = Py_GetVersion();
    const _PyPrincipalPlace *place = _PyPrincipalPlace_OfPath(
        PyBytes_AS_STRING(load->dir.encoded), &load->dir.st, &file);
    if (place == NULL) {
        return false;
    }
    size_t a = strlen(version), b = strlen(place->dir), c = strlen(file);
    if (a + b + c + 2 > sizeof(e->text)) {
        return false;
    }
    char *p = add_text(e->text, version, a);
    *p++ = '\n';
    p = add_text(p, place->dir, b);
    *p++ = '/';
    p = add_text(p, file, c);
    e->n = (size_t)(p - e->text);
    name_entry(e, file);
    return true;
}

static bool
read_whole(int fd, char *to, size_t n)
{
    while (n > 0) {
        ssize_t got = read(fd, to, n);
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            return false;
        }
        to += got > 0 ? got : 0;
        n -= got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* What follows the header, as bytes, when all of it is as expected. */
static PyObject *
read_rest(int fd, const _PyPrincipalLoad *load, const entry *e)
{
    header expected = header_of(&load->st, e);
    struct stat st;
    header found;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)
        || st.st_uid != geteuid()
        || st.st_size <= (off_t)(sizeof(found) + e->n)
        || st.st_size > INT32_MAX
        || !read_whole(fd, (char *)&found, sizeof(found)))
    {
        return NULL;
    }
    expected.sum = found.sum;
    if (memcmp(&found, &expected, sizeof(found)) != 0) {
        return NULL;
    }
    size_t n = (size_t)st.st_size - sizeof(found);
    PyObject *rest = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n);
    if (rest != NULL) {
        char *text = PyBytes_AS_STRING(rest);
        if (!read_whole(fd, text, n) || memcmp(text, e->text, e->n) != 0
            || sum_of(load, text + e->n, n - e->n) != found.sum)
        {
            Py_CLEAR(rest);
        }
    }
    return rest;
}

PyObject *
_PyPrincipalCache_Load(const _PyPrincipalLoad *load)
{
    entry e;
    PyObject *rest = NULL;
    int dir = open_directory(false);
    if (dir < 0) {
        return NULL;
    }
    int fd = find_entry(load, &e)
             ? openat(dir, e.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC
                                   | O_NONBLOCK | O_NOCTTY) : -1;
    if (fd >= 0) {
        rest = read_rest(fd, load, &e);
        close(fd);
    }
    close(dir);
    if (rest == NULL) {
        return NULL;            /* MemoryError, if it is set, stays */
    }
    PyObject *code = _PyPrincipal_Unmarshal(
        PyBytes_AS_STRING(rest) + e.n,
        PyBytes_GET_SIZE(rest) - (Py_ssize_t)e.n, load->set);
    Py_DECREF(rest);
    if (code != NULL && !PyCode_Check(code)) {
        Py_CLEAR(code);
    }
    if (code != NULL) {
        _PyPrincipal_Rename((PyCodeObject *)code, load->path);
        _PyPrincipal_Finish((PyCodeObject *)code, load->set);
    }
    return code;
}

/* --- Writing ------------------------------------------------------------ */

static bool
write_whole(int fd, const void *data, size_t n)
{
    const char *from = data;
    while (n > 0) {
        ssize_t put = write(fd, from, n);
        if (put < 0 && errno != EINTR) {
            return false;
        }
        from += put > 0 ? put : 0;
        n -= put > 0 ? (size_t)put : 0;
    }
    return true;
}

/* Under another name first: whoever reads meets a whole file or none. */
static void
write_file(int dir, const entry *e, const header *h, const char *body,
           size_t n)
{
    char new[64];
    static uint32_t serial;
    snprintf(new, sizeof(new), "new-%ld-%u", (long)getpid(),
             _Py_atomic_add_uint32(&serial, 1));
    int fd = openat(dir, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
                              | O_CLOEXEC, 0600);
    if (fd < 0) {
        return;
    }
    bool whole = write_whole(fd, h, sizeof(*h))
                 && write_whole(fd, e->text, e->n)
                 && write_whole(fd, body, n);
    whole &= close(fd) == 0;
    if (!whole || renameat(dir, new, dir, e->name) < 0) {
        (void)unlinkat(dir, new, 0);
    }
}

int
_PyPrincipalCache_Write(const _PyPrincipalLoad *load, PyObject *code)
{
    entry e;
    int dir = open_directory(true);
    if (dir < 0) {
        return 0;
    }
    PyObject *body = _PyPrincipal_Marshal(code);
    if (body != NULL && find_entry(load, &e)) {
        header h = header_of(&load->st, &e);
        h.sum = sum_of(load, PyBytes_AS_STRING(body),
                       (size_t)PyBytes_GET_SIZE(body));
        write_file(dir, &e, &h, PyBytes_AS_STRING(body),
                   (size_t)PyBytes_GET_SIZE(body));
    }
    close(dir);
    Py_XDECREF(body);
    return body == NULL ? -1 : 0;
}
