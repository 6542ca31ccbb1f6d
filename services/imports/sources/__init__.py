"""Where the registry comes from by itself: folder, directory, SCIM, DingTalk. All give a roster's rows."""
