package io.tidemark.table;

import java.time.Instant;
import java.util.List;

/** What keeps a table fast and small, and changes none of its rows. */
public interface TableUpkeep {
  /** What there is to do, in the order in which it is best done. Changes nothing. */
  List<UpkeepTask> tasks(UpkeepPolicy policy);

  /** How many versions of before then the table keeps; by its metadata alone. */
  long versionsBefore(Instant then);
}
