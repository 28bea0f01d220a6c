/* What exactly was read for a policy, and does another process read the same?

   A child interpreter reads the files of its parent's policies again, and
   must not start when one has changed.  The two compare marks: the texts'
   keyed hash (SipHash, as the interpreter has it for bytecode caches) under a
   key that the parent draws and hands down.  That is quick, for every process
   with a policy makes one at its start; and it suffices: whoever can change
   the files and read the key has better ways than to look for two texts with
   one mark.

   People and logs name a policy by its SHA-256, which takes many times as
   long and waits until somebody asks.  Hence the texts are kept until then.
   */

#include "Python.h"
#include "pycore_policy_content.h"
#include "pycore_pyhash.h"        // _Py_KeyedHash()

#include <string.h>

#define LINE _PyPolicyDigest_SIZE       /* the digits, and a line's end */

int
_PyPolicyContent_Take(_PyPolicyContent *content, char *text, size_t len)
{
    struct _PyPolicyText *files = PyMem_RawRealloc(
        content->files, (content->n_files + 1) * sizeof(*files));
    if (files == NULL) {
        PyMem_RawFree(text);
        return -1;
    }
    content->files = files;
    files[content->n_files++] = (struct _PyPolicyText){text, len};
    return 0;
}

int
_PyPolicyContent_Add(_PyPolicyContent *content, const char *text, size_t len)
{
    char *copy = PyMem_RawMalloc(len + 1);
    if (copy == NULL) {
        return -1;
    }
    memcpy(copy, text, len);
    return _PyPolicyContent_Take(content, copy, len);
}

void
_PyPolicyContent_Digits(uint64_t number, char digits[_PyPolicyContent_MARK])
{
    for (int i = 0; i < 16; i++) {
        digits[i] = "0123456789abcdef"[number >> (60 - 4 * i) & 15];
    }
    digits[16] = '\0';
}

/* One behind the other: the hash of a file is the key for the next. */
void
_PyPolicyContent_Mark(const _PyPolicyContent *content, uint64_t key,
                      char mark[_PyPolicyContent_MARK])
{
    for (size_t i = 0; i < content->n_files; i++) {
        key = _Py_KeyedHash(key, content->files[i].text,
                            (Py_ssize_t)content->files[i].len);
    }
    _PyPolicyContent_Digits(key, mark);
}

int
_PyPolicyContent_Sha256(const _PyPolicyContent *content,
                        char digest[_PyPolicyDigest_SIZE])
{
    size_t n = content->n_files;
    char *lines = PyMem_RawMalloc(n * LINE);
    if (lines == NULL) {
        return -1;
    }
    for (size_t i = 0; i < n; i++) {
        const struct _PyPolicyText *file = &content->files[i];
        _PyPolicyDigest_Sha256(file->text, file->len, lines + i * LINE);
        lines[(i + 1) * LINE - 1] = '\n';
    }
    if (n == 1) {
        memcpy(digest, lines, LINE - 1);
        digest[LINE - 1] = '\0';
    }
    else {
        _PyPolicyDigest_Sha256(lines, n * LINE, digest);
    }
    PyMem_RawFree(lines);
    return 0;
}

void
_PyPolicyContent_Clear(_PyPolicyContent *content)
{
    for (size_t i = 0; i < content->n_files; i++) {
        PyMem_RawFree(content->files[i].text);
    }
    PyMem_RawFree(content->files);
    *content = (_PyPolicyContent){0};
}
