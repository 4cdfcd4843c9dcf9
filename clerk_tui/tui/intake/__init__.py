"""受理: the parts of the intake place: who stands here, the draft, the guide, the checklist, the form, the outcomes."""
