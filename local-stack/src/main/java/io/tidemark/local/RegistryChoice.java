package io.tidemark.local;

/** Which schema registry a local lake gets: the first choice sticks to the lake. */
public enum RegistryChoice {
  /** A server if a Java for it is found, or else a folder. */
  AUTO,
  SERVER,
  FOLDER
}
