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
_PyPolicyContent_Add(_PyPolicyContent *content, const char *text, size_t len)
{
    char *bytes = PyMem_RawRealloc(content->bytes,
                                   content->len + sizeof(len) + len);
    if (bytes == NULL) {
        return -1;
    }
    memcpy(bytes + content->len, &len, sizeof(len));
    memcpy(bytes + content->len + sizeof(len), text, len);
    content->bytes = bytes;
    content->len += sizeof(len) + len;
    content->n_files++;
    return 0;
}

void
_PyPolicyContent_Mark(const _PyPolicyContent *content, uint64_t key,
                      char mark[_PyPolicyContent_MARK])
{
    uint64_t hash = _Py_KeyedHash(key, content->bytes,
                                  (Py_ssize_t)content->len);
    for (int i = 0; i < 16; i++) {
        mark[i] = "0123456789abcdef"[hash >> (60 - 4 * i) & 15];
    }
    mark[16] = '\0';
}

int
_PyPolicyContent_Sha256(const _PyPolicyContent *content,
                        char digest[_PyPolicyDigest_SIZE])
{
    const char *p = content->bytes, *end = p + content->len;
    char *lines = PyMem_RawMalloc(content->n_files * LINE), *line = lines;
    if (lines == NULL) {
        return -1;
    }
    for (size_t len; p < end; p += sizeof(len) + len, line += LINE) {
        memcpy(&len, p, sizeof(len));
        _PyPolicyDigest_Sha256(p + sizeof(len), len, line);
        line[LINE - 1] = '\n';
    }
    if (content->n_files == 1) {
        memcpy(digest, lines, LINE - 1);
        digest[LINE - 1] = '\0';
    }
    else {
        _PyPolicyDigest_Sha256(lines, (size_t)(line - lines), digest);
    }
    PyMem_RawFree(lines);
    return 0;
}

void
_PyPolicyContent_Clear(_PyPolicyContent *content)
{
    PyMem_RawFree(content->bytes);
    *content = (_PyPolicyContent){0};
}
