/** Banks put this where the payer gave no reference of their own. */
export const NOT_PROVIDED = 'NOTPROVIDED';
