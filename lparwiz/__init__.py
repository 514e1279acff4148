"""lparwiz: a wizard for live-migrating AIX LPARs under InfoScale Cluster Server."""
