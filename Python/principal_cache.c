/* Which compiled code has this interpreter written itself?

   Bytecode is not checked when it runs: a compiled file that somebody else
   made can do whatever native code can.  What a dependency ships in its
   __pycache__ is therefore believed only where the dependency may use native
   code.  For the others the interpreter compiles their sources itself, and
   keeps the result in a directory of the user's that only this file writes:

       $XDG_CACHE_HOME/cpython-importpolicy/bytecode/
           adapters-0123456789abcdef0123456789abcdef.pyc

   The digits stand for the resolved path of the source, the interpreter's
   version and build, and its level of optimisation.  What is in the file is
   believed when its header has the size, the inode and both times of the
   source (the time of the last change of an inode cannot be set by anybody)
   and its body is whole.  Where a lock says which content the source has to
   have, the body's hash is made with that: then it was compiled from it.

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
#include "pycore_policy_digest.h"
#include "pycore_principal_cache.h"
#include "pycore_principal_directory.h"
#include "pycore_principal_load.h"
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

typedef struct {
    uint32_t kind, magic;
    uint64_t size, inode, modified, changed;
    uint64_t sum;               /* of what follows */
} header;

#define KIND 0x32637069u        /* another one when the header changes */

static header
header_of(const struct stat *st)
{
    return (header){
        .kind = KIND, .magic = (uint32_t)PyImport_GetMagicNumber(),
        .size = (uint64_t)st->st_size, .inode = (uint64_t)st->st_ino,
        .modified = (uint64_t)st->st_mtim.tv_sec * 1000000000u
                    + (uint64_t)st->st_mtim.tv_nsec,
        .changed = (uint64_t)st->st_ctim.tv_sec * 1000000000u
                   + (uint64_t)st->st_ctim.tv_nsec,
    };
}

/* Is the body whole?  A disk that was full or a machine that stopped is what
   it tells, not an enemy: nobody else can write here.  Each step can be
   undone, so that two bodies that differ in one word differ in the sum. */
static uint64_t
sum_of(const _PyPrincipalLoad *load, const char *body, size_t n)
{
    uint64_t sum = n, words[4] = {0};
    if (load->pin[0] != '\0') {
        sum ^= _Py_KeyedHash(KIND, load->pin, _PyPolicyLock_PIN);
    }
    for (; n >= sizeof(words); body += sizeof(words), n -= sizeof(words)) {
        memcpy(words, body, sizeof(words));
        for (int i = 0; i < 4; i++) {
            sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15u;
        }
    }
    memset(words, 0, sizeof(words));
    memcpy(words, body, n);
    for (int i = 0; i < 4; i++) {
        sum = (sum ^ words[i]) * 0x9e3779b97f4a7c15u;
    }
    return sum;
}

/* The file's name: "STEM-DIGITS.pyc". */
static bool
name_of(const _PyPrincipalLoad *load, char name[NAME_MAX + 1])
{
    char text[PATH_MAX + 512], digest[_PyPolicyDigest_SIZE];
    const char *file;
    const _PyPrincipalPlace *place = _PyPrincipalPlace_OfPath(
        PyBytes_AS_STRING(load->dir.encoded), &load->dir.st, &file);
    if (place == NULL) {
        return false;
    }
    int n = snprintf(text, sizeof(text), "%s\n%d\n%s/%s", Py_GetVersion(),
                     _Py_GetConfig()->optimization_level, place->dir, file);
    if (n < 0 || (size_t)n >= sizeof(text)) {
        return false;
    }
    _PyPolicyDigest_Sha256(text, (size_t)n, digest);
    snprintf(name, NAME_MAX + 1, "%.*s-%.32s.pyc",
             (int)Py_MIN(strcspn(file, "."), 60), file, digest);
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

/* What follows the header, as bytes, when the header is as expected. */
static PyObject *
read_body(int fd, const _PyPrincipalLoad *load)
{
    header expected = header_of(&load->st);
    struct stat st;
    header found;
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)
        || st.st_uid != geteuid() || st.st_size <= (off_t)sizeof(found)
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
    PyObject *body = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)n);
    if (body != NULL
        && (!read_whole(fd, PyBytes_AS_STRING(body), n)
            || sum_of(load, PyBytes_AS_STRING(body), n) != found.sum))
    {
        Py_CLEAR(body);
    }
    return body;
}

PyObject *
_PyPrincipalCache_Load(const _PyPrincipalLoad *load)
{
    char name[NAME_MAX + 1];
    PyObject *body = NULL;
    int dir = open_directory(false);
    if (dir < 0) {
        return NULL;
    }
    int fd = name_of(load, name)
             ? openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC
                                 | O_NONBLOCK | O_NOCTTY) : -1;
    if (fd >= 0) {
        body = read_body(fd, load);
        close(fd);
    }
    close(dir);
    if (body == NULL) {
        return NULL;            /* MemoryError, if it is set, stays */
    }
    PyObject *code = _PyPrincipal_Unmarshal(
        PyBytes_AS_STRING(body), PyBytes_GET_SIZE(body), load->set);
    Py_DECREF(body);
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
write_file(int dir, const char *name, const header *h, const char *body,
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
    bool whole = write_whole(fd, h, sizeof(*h)) && write_whole(fd, body, n);
    whole &= close(fd) == 0;
    if (!whole || renameat(dir, new, dir, name) < 0) {
        (void)unlinkat(dir, new, 0);
    }
}

int
_PyPrincipalCache_Write(const _PyPrincipalLoad *load, PyObject *code)
{
    char name[NAME_MAX + 1];
    int dir = open_directory(true);
    if (dir < 0) {
        return 0;
    }
    PyObject *body = _PyPrincipal_Marshal(code);
    if (body != NULL && name_of(load, name)) {
        header h = header_of(&load->st);
        h.sum = sum_of(load, PyBytes_AS_STRING(body),
                       (size_t)PyBytes_GET_SIZE(body));
        write_file(dir, name, &h, PyBytes_AS_STRING(body),
                   (size_t)PyBytes_GET_SIZE(body));
    }
    close(dir);
    Py_XDECREF(body);
    return body == NULL ? -1 : 0;
}
