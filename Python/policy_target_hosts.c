/* Is what is reached one of these hosts?

   One hash table for all that is exact: names, what is below a domain, the
   addresses of a network after masking, abstract Unix sockets; each together
   with its port.  So a question costs some lookups (one for each label of a
   name, one for each size of network that the list has), however many
   targets there are.  Ranges of ports, and "all ports", are chained under the
   host alone; a mark under the host says that it has some port, for when the
   port is not known yet: while its name is resolved. */

#ifdef POLICY_STANDALONE
#  include <stdlib.h>
#  define PyMem_RawCalloc calloc
#  define PyMem_RawMalloc malloc
#  define PyMem_RawFree free
#else
#  include "Python.h"
#endif
#include "pycore_policy_target_address.h"
#include "pycore_policy_target_host.h"
#include "pycore_policy_text.h"

#include <string.h>

/* What an entry says about ports. */
enum { ONE_PORT, SOME_PORTS, SEVERAL_PORTS };

typedef struct {
    const char *key;
    uint32_t len;
    uint32_t hash;
    uint32_t next;              /* 1 + index of the next; 0 at the end */
    int low, high;
    uint8_t kind, bits, ports;
} Entry;

struct _PyPolicyHosts {
    Entry *entries;
    uint32_t n, allocated;
    uint32_t *buckets;          /* 1 + index of the first; 0 for none */
    uint32_t mask;
    char *keys;                 /* what the entries' keys point to */
    size_t keys_used;
    uint8_t bits4[33], bits6[129];      /* sizes of networks that occur */
    int n_bits4, n_bits6;
    const char **prefixes;      /* of abstract sockets, NUL terminated */
    size_t n_prefixes;
    _PyPolicyPaths *paths;
};


/* --- The table ---------------------------------------------------------- */

static uint32_t
hash_of(int kind, int bits, const char *key, size_t len)
{
    uint32_t hash = _PyPolicyText_Hash(key, len);
    return (hash ^ ((uint32_t)kind << 8 | (uint32_t)bits)) * 0x9E3779B1u;
}

static uint32_t
hash_with(uint32_t hash, int ports, int port)
{
    hash ^= ports == ONE_PORT ? (uint32_t)port + 3 : (uint32_t)ports;
    hash *= 0x85EBCA6Bu;
    return hash ^ hash >> 15;
}

/* The first entry of that host for that port: with SEVERAL_PORTS, one whose
   range holds the port, or, for port -1, one of all ports. */
static bool
look_up(const _PyPolicyHosts *hosts, uint32_t host, int kind, int bits,
        const char *key, size_t len, int ports, int port)
{
    uint32_t hash = hash_with(host, ports, port);
    uint32_t i = hosts->buckets[hash & hosts->mask];
    while (i != 0) {
        const Entry *entry = &hosts->entries[i - 1];
        i = entry->next;
        if (entry->hash != hash || entry->ports != ports
            || entry->kind != kind || entry->bits != bits
            || entry->len != len || memcmp(entry->key, key, len) != 0)
        {
            continue;
        }
        if (ports == SOME_PORTS
            || (port < 0 ? entry->low == 0 && entry->high == 65535
                         : entry->low <= port && port <= entry->high))
        {
            return true;
        }
    }
    return false;
}

/* Is it there, on that port; or, not knowing the port, on some (or `all`)? */
static bool
holds(const _PyPolicyHosts *hosts, int kind, int bits, const void *key,
      size_t len, int port, bool all)
{
    uint32_t host = hash_of(kind, bits, key, len);
    if (port >= 0) {
        return look_up(hosts, host, kind, bits, key, len, SEVERAL_PORTS, port)
               || look_up(hosts, host, kind, bits, key, len, ONE_PORT, port);
    }
    return all ? look_up(hosts, host, kind, bits, key, len, SEVERAL_PORTS, -1)
               : look_up(hosts, host, kind, bits, key, len, SOME_PORTS, -1);
}

static void
add_entry(_PyPolicyHosts *hosts, const Entry *model, uint32_t host, int ports)
{
    Entry *entry = &hosts->entries[hosts->n++];
    *entry = *model;
    entry->ports = (uint8_t)ports;
    entry->hash = hash_with(host, ports, entry->low);
    uint32_t *bucket = &hosts->buckets[entry->hash & hosts->mask];
    entry->next = *bucket;
    *bucket = hosts->n;
}

/* There is room: compile_some() has counted. */
static void
add(_PyPolicyHosts *hosts, int kind, int bits, const void *key, size_t len,
    int low, int high)
{
    char *copy = hosts->keys + hosts->keys_used;
    Entry model = {.key = copy, .len = (uint32_t)len, .low = low,
                   .high = high, .kind = (uint8_t)kind,
                   .bits = (uint8_t)bits};
    uint32_t host = hash_of(kind, bits, key, len);
    memcpy(copy, key, len);
    hosts->keys_used += len;
    add_entry(hosts, &model, host, low == high ? ONE_PORT : SEVERAL_PORTS);
    if (!look_up(hosts, host, kind, bits, key, len, SOME_PORTS, -1)) {
        add_entry(hosts, &model, host, SOME_PORTS);
    }
}

static void
add_network(_PyPolicyHosts *hosts, const uint8_t *address, int len, int bits,
            int low, int high)
{
    uint8_t *sizes = len == 4 ? hosts->bits4 : hosts->bits6;
    int *n = len == 4 ? &hosts->n_bits4 : &hosts->n_bits6;
    if (memchr(sizes, bits, (size_t)*n) == NULL) {
        sizes[(*n)++] = (uint8_t)bits;
    }
    add(hosts, _PyPolicyHost_NETWORK, bits, address, (size_t)len, low, high);
}


/* --- Compiling ---------------------------------------------------------- */

static const uint8_t LOOPBACK4[4] = {127, 0, 0, 1};
static const uint8_t LOOPBACK6[16] = {[15] = 1};

static void
add_host(_PyPolicyHosts *hosts, const _PyPolicyHost *host)
{
    if (host->kind == _PyPolicyHost_NETWORK) {
        add_network(hosts, host->address, host->address_len, host->bits,
                    host->low, host->high);
        return;
    }
    if (host->kind == _PyPolicyHost_UNIX_BELOW) {
        char *copy = hosts->keys + hosts->keys_used;
        memcpy(copy, host->name, host->len);
        copy[host->len] = '\0';
        hosts->keys_used += host->len + 1;
        hosts->prefixes[hosts->n_prefixes++] = copy;
        return;
    }
    add(hosts, host->kind, 0, host->name, host->len, host->low, host->high);
    if (host->kind == _PyPolicyHost_NAME && host->len == 9
        && memcmp(host->name, "localhost", 9) == 0)
    {
        /* Whatever the resolver says: the machine itself. */
        static const uint8_t network[4] = {127};
        add_network(hosts, network, 4, 8, host->low, host->high);
        add_network(hosts, LOOPBACK6, 16, 128, host->low, host->high);
    }
}

/* Memory for n targets of that many bytes together. */
static int
allocate(_PyPolicyHosts *hosts, size_t n, size_t bytes)
{
    size_t buckets = 16;
    if (n > UINT32_MAX / 16) {
        return -1;
    }
    while (buckets < n * 4) {
        buckets *= 2;
    }
    hosts->mask = (uint32_t)buckets - 1;
    hosts->buckets = PyMem_RawCalloc(buckets, sizeof(uint32_t));
    /* "localhost" is three hosts, and each has a mark. */
    hosts->entries = PyMem_RawMalloc((n * 6 + 1) * sizeof(Entry));
    hosts->keys = PyMem_RawMalloc(bytes + n * 32 + 1);
    hosts->prefixes = PyMem_RawMalloc((n + 1) * sizeof(char *));
    return hosts->buckets != NULL && hosts->entries != NULL
           && hosts->keys != NULL && hosts->prefixes != NULL ? 0 : -1;
}

static int
compile(_PyPolicyHosts *hosts, const char *const *texts, size_t n,
        const _PyPolicyPlace *places, size_t n_places, const char **paths)
{
    char code[32], what[_PyPolicyName_MAX_WHAT];
    size_t n_paths = 0;
    for (size_t i = 0; i < n; i++) {
        _PyPolicyHost host;
        if (_PyPolicyHost_Read(texts[i], strlen(texts[i]), &host, code,
                               what) < 0)
        {
            return -1;          /* was not checked */
        }
        if (host.kind == _PyPolicyHost_UNIX_PATH) {
            paths[n_paths++] = host.name;
        }
        else {
            add_host(hosts, &host);
        }
    }
    if (n_paths > 0) {
        hosts->paths = _PyPolicyPaths_Compile(paths, n_paths, places,
                                              n_places);
        return hosts->paths != NULL ? 0 : -1;
    }
    return 0;
}

_PyPolicyHosts *
_PyPolicyHosts_Compile(const char *const *texts, size_t n,
                       const _PyPolicyPlace *places, size_t n_places)
{
    size_t bytes = 0;
    const char **paths = PyMem_RawMalloc((n + 1) * sizeof(char *));
    _PyPolicyHosts *hosts = PyMem_RawCalloc(1, sizeof(_PyPolicyHosts));
    if (paths == NULL || hosts == NULL) {
        goto error;
    }
    for (size_t i = 0; i < n; i++) {
        bytes += strlen(texts[i]) + 1;
    }
    if (allocate(hosts, n, bytes) < 0
        || compile(hosts, texts, n, places, n_places, paths) < 0)
    {
        goto error;
    }
    PyMem_RawFree(paths);
    return hosts;

error:
    PyMem_RawFree(paths);
    _PyPolicyHosts_Free(hosts);
    return NULL;
}

void
_PyPolicyHosts_Free(_PyPolicyHosts *hosts)
{
    if (hosts != NULL) {
        _PyPolicyPaths_Free(hosts->paths);
        PyMem_RawFree(hosts->prefixes);
        PyMem_RawFree(hosts->keys);
        PyMem_RawFree(hosts->entries);
        PyMem_RawFree(hosts->buckets);
        PyMem_RawFree(hosts);
    }
}


/* --- Matching ----------------------------------------------------------- */

static bool
holds_address(const _PyPolicyHosts *hosts, const uint8_t *address, int len,
              int port, bool all)
{
    const uint8_t *sizes = len == 4 ? hosts->bits4 : hosts->bits6;
    int n = len == 4 ? hosts->n_bits4 : hosts->n_bits6;
    for (int i = 0; i < n; i++) {
        uint8_t masked[16];
        memcpy(masked, address, (size_t)len);
        _PyPolicyAddress_Mask(masked, len, sizes[i]);
        if (holds(hosts, _PyPolicyHost_NETWORK, sizes[i], masked, (size_t)len,
                  port, all))
        {
            return true;
        }
    }
    return false;
}

static bool
holds_name(const _PyPolicyHosts *hosts, const char *name, size_t len,
           int port, bool all)
{
    if (holds(hosts, _PyPolicyHost_NAME, 0, name, len, port, all)) {
        return true;
    }
    for (size_t i = 1; i < len; i++) {
        if (name[i] == '.' && holds(hosts, _PyPolicyHost_BELOW, 0,
                                    name + i + 1, len - i - 1, port, all))
        {
            return true;
        }
    }
    return false;
}

static bool
holds_unix(const _PyPolicyHosts *hosts, const char *text, size_t len,
           const char *package)
{
    if (len == 0 || *text != '@') {
        return hosts->paths != NULL
               && _PyPolicyPaths_Match(hosts->paths, text, len, package);
    }
    text++;
    len--;
    for (size_t i = 0; i < hosts->n_prefixes; i++) {
        size_t n = strlen(hosts->prefixes[i]);
        if (n <= len && memcmp(hosts->prefixes[i], text, n) == 0) {
            return true;
        }
    }
    return holds(hosts, _PyPolicyHost_UNIX_NAME, 0, text, len, 0, false);
}

static bool
match(const _PyPolicyHosts *hosts, const _PyPolicyTarget *target, bool all)
{
    int port = target->port;
    uint8_t embedded[4];
    const char *text = target->text;
    if (target->address_len == 0 && text == NULL) {
        return !all;
    }
    if (target->address_len == 0) {
        if (target->len >= 5 && memcmp(text, "unix:", 5) == 0) {
            return holds_unix(hosts, text + 5, target->len - 5,
                              target->package);
        }
        if (memchr(text, ':', target->len) != NULL) {
            return all;         /* reaches what is excluded, perhaps */
        }
    }
    if (holds(hosts, _PyPolicyHost_ANY, 0, "*", 1, port, all)) {
        return true;
    }
    if (target->address_len == 0) {
        /* The name may be resolved by whom its addresses are granted. */
        return holds_name(hosts, text, target->len, port, all)
               || (!all && target->len == 9
                   && memcmp(text, "localhost", 9) == 0
                   && (holds_address(hosts, LOOPBACK4, 4, port, all)
                       || holds_address(hosts, LOOPBACK6, 16, port, all)));
    }
    for (size_t i = 0; i < target->n_names; i++) {
        if (holds_name(hosts, target->names[i], strlen(target->names[i]),
                       port, all))
        {
            return true;
        }
    }
    return holds_address(hosts, target->address, target->address_len, port,
                         all)
           || (all && target->address_len == 16
               && _PyPolicyAddress_Embedded(target->address, embedded)
               && holds_address(hosts, embedded, 4, port, all));
}

bool
_PyPolicyHosts_Match(const _PyPolicyHosts *hosts,
                     const _PyPolicyTarget *target)
{
    return match(hosts, target, false);
}

bool
_PyPolicyHosts_Exclude(const _PyPolicyHosts *hosts,
                       const _PyPolicyTarget *target)
{
    return match(hosts, target, true);
}
