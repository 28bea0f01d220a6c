/* Is there a text that breaks the parsers of lock files and RECORDs?

   Each text is read as both.  A lock's errors have a place in the text and are
   one visible line; its entries are in order and found by their names, and
   what is called a lock without having been parsed can be parsed.  The rows of
   a RECORD lie in the text and are in order, and its digest is one.  A
   sanitizer watches the memory. */

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "fuzz.h"
#include "pycore_policy_json.h"
#include "pycore_policy_lock.h"

const char *const fuzz_pieces[] = {
    "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u0041", "true", "1", "2",
    "\"$version\": 1", "\"$comment\": \"\"", "\"distributions\": {",
    "\"version\": \"1\"", "\"record\": \"\"", "\"editable\": true",
    "\"packages\": []", "\"pth\": [\"x.pth\"]", "\"contested\": [\"x.py\"]",
    "\"requires\": [\"b[c]; d == 'e'\"]", "\"a\": {", "    ", "      ", ",\n",
    "\n  }\n}\n", "sha256=", "-1.dist-info/METADATA", "__pycache__/", "../",
    "/", ".py", "0123456789abcdef", "\n", "\r\n", "\"\"", "\xC3\xA9", "\xFF",
    NULL
};

static void
check_names(_PyPolicyLockNames names)
{
    for (uint32_t i = 0; i < names.n; i++) {
        CHECK(names.names[i] != NULL);
    }
}

static void
check_lock(const char *text, size_t size)
{
    _PyPolicyJsonError error;
    _PyPolicyLock *lock = _PyPolicyLock_Parse(text, size, &error);
    CHECK(lock != NULL || !_PyPolicyLock_IsAsWritten(text, size));
    if (lock == NULL) {
        fuzz_check_visible(error.what);
        fuzz_check_place(text, size, error.line, error.column);
        return;
    }
    uint32_t n;
    const _PyPolicyLockEntry *entries = _PyPolicyLock_Entries(lock, &n);
    for (uint32_t i = 0; i < n; i++) {
        CHECK(i == 0 || strcmp(entries[i - 1].name, entries[i].name) < 0);
        CHECK(_PyPolicyLock_Find(lock, entries[i].name) == &entries[i]);
        CHECK(entries[i].record == NULL || strlen(entries[i].record) == 64);
        CHECK(entries[i].version != NULL);
        check_names(entries[i].packages);
        check_names(entries[i].pth);
        check_names(entries[i].contested);
        check_names(entries[i].requires);
    }
    CHECK(_PyPolicyLock_Find(lock, "No-Such") == NULL);
    _PyPolicyLock_Free(lock);
}

static void
check_row(const _PyPolicyLockRecord *record, const _PyPolicyLockRow *row)
{
    char path[256], pin[_PyPolicyLock_PIN];
    int64_t bytes;
    if (row->path_len < sizeof(path)) {
        memcpy(path, row->line, row->path_len);
        path[row->path_len] = '\0';
        if (_PyPolicyLock_Row(record, path, pin, &bytes)) {
            CHECK(strlen(pin) == _PyPolicyLock_PIN - 1 && bytes >= -1);
            (void)_PyPolicyLock_IsPinned(path, row->path_len, pin);
        }
    }
}

static void
check_record(const char *text, size_t size)
{
    _PyPolicyLockRecord record;
    char digest[_PyPolicyLock_DIGEST];
    CHECK(_PyPolicyLock_ReadRecord(text, size, &record) == 0);
    for (size_t i = 0; i < record.n; i++) {
        const _PyPolicyLockRow *row = &record.rows[i];
        CHECK(row->line >= text && row->len <= size
              && row->line + row->len <= text + size
              && row->path_len <= row->len);
        check_row(&record, row);
    }
    CHECK(_PyPolicyLock_Digest(&record, digest) == 0);
    CHECK(strlen(digest) == 64
          && strspn(digest, "0123456789abcdef") == 64);
    free(record.rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* Copies of exactly the size that each needs, so that one byte beyond it
       is noticed: a lock has a NUL behind it. */
    char *text = malloc(size + 1);
    if (text == NULL) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    check_lock(text, size);
    char *record = realloc(text, size + (size == 0));
    if (record != NULL) {
        check_record(record, size);
        text = record;
    }
    free(text);
    return 0;
}
