#include "lpr_sqlite.h"

#include <sqlite3.h>
#include <stdlib.h>

/* SQLite's own page cache, which does all the work. */
static sqlite3_pcache_methods2 plain;

/* One of SQLite's caches, and the highest page that it may contain. */
struct cache {
  sqlite3_pcache *plain;
  unsigned page_max;
  unsigned pending_page;        /* never used by the database: the lock byte is in it */
};

static struct cache *
cache_of (sqlite3_pcache *cache)
{
  return (struct cache *) cache;
}

static sqlite3_pcache *
create (int page_bytes, int extra_bytes, int is_purgeable)
{
  struct cache *cache = malloc (sizeof *cache);
  if (NULL == cache)
    return NULL;
  cache->page_max = 0;
  cache->pending_page = 0x40000000u / (unsigned) page_bytes + 1;
  cache->plain = plain.xCreate (page_bytes, extra_bytes, is_purgeable);
  if (NULL != cache->plain)
    return (sqlite3_pcache *) cache;
  free (cache);
  return NULL;
}

static void
set_size (sqlite3_pcache *cache, int pages)
{
  plain.xCachesize (cache_of (cache)->plain, pages);
}

static int
page_count (sqlite3_pcache *cache)
{
  return plain.xPagecount (cache_of (cache)->plain);
}

static sqlite3_pcache_page *
fetch (sqlite3_pcache *cache, unsigned key, int create_flag)
{
  sqlite3_pcache_page *page = plain.xFetch (cache_of (cache)->plain, key, create_flag);
  if (NULL != page && key > cache_of (cache)->page_max)
    cache_of (cache)->page_max = key;
  return page;
}

static void
unpin (sqlite3_pcache *cache, sqlite3_pcache_page *page, int discard)
{
  plain.xUnpin (cache_of (cache)->plain, page, discard);
}

static void
rekey (sqlite3_pcache *cache, sqlite3_pcache_page *page, unsigned old_key, unsigned new_key)
{
  /* A page has the pending page's number only temporarily, while two others swap theirs. */
  if (new_key > cache_of (cache)->page_max && new_key != cache_of (cache)->pending_page)
    cache_of (cache)->page_max = new_key;
  plain.xRekey (cache_of (cache)->plain, page, old_key, new_key);
}

static void
truncate_from (sqlite3_pcache *cache, unsigned limit)
{
  if (limit > cache_of (cache)->page_max)
    return;
  plain.xTruncate (cache_of (cache)->plain, limit);
  cache_of (cache)->page_max = limit - 1;
}

static void
destroy (sqlite3_pcache *cache)
{
  plain.xDestroy (cache_of (cache)->plain);
  free (cache);
}

static void
shrink (sqlite3_pcache *cache)
{
  plain.xShrink (cache_of (cache)->plain);
}

int
lpr_sqlite_wrap_page_cache (void)
{
  /* Only once: otherwise it would wrap itself. */
  if (NULL != plain.xCreate)
    return SQLITE_OK;
  const int code = sqlite3_config (SQLITE_CONFIG_GETPCACHE2, &plain);
  if (SQLITE_OK != code)
    return code;
  sqlite3_pcache_methods2 ours = plain;
  ours.xCreate = &create;
  ours.xCachesize = &set_size;
  ours.xPagecount = &page_count;
  ours.xFetch = &fetch;
  ours.xUnpin = &unpin;
  ours.xRekey = &rekey;
  ours.xTruncate = &truncate_from;
  ours.xDestroy = &destroy;
  ours.xShrink = &shrink;
  return sqlite3_config (SQLITE_CONFIG_PCACHE2, &ours);
}
