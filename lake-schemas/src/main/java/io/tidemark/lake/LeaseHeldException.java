package io.tidemark.lake;

/** Another process has a {@link Lease}, and is alive. */
public final class LeaseHeldException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String holder;

  LeaseHeldException(LeaseHolder holder) {
    super("Cannot take the lease: it is held by " + holder);
    this.holder = holder.toString();
  }

  /** Who has it: what it does, process, host and since when; for a person. */
  public String holder() {
    return holder;
  }
}
